#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# cmake --install puts everything where a distribution would, and the unit is one that systemd takes.
set -euo pipefail

build=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

DESTDIR=$root cmake --install "$build" >/dev/null
for file in usr/sbin/xdpmirror etc/xdpmirror/prod.yaml etc/xdpmirror/gateway.yaml \
	etc/xdpmirror/forwarder.yaml etc/xdpmirror/lab.yaml \
	usr/share/xdpmirror/profile.schema.json usr/lib/systemd/system/xdpmirror@.service \
	usr/lib/sysusers.d/xdpmirror.conf usr/lib/tmpfiles.d/xdpmirror.conf \
	usr/share/man/man8/xdpmirror.8.gz usr/share/man/man5/xdpmirror-profile.5.gz \
	usr/share/bash-completion/completions/xdpmirror usr/share/zsh/vendor-completions/_xdpmirror \
	usr/share/fish/vendor_completions.d/xdpmirror.fish; do
	[[ -f $root/$file ]] || fail "/$file is not installed; there is: $(cd "$root" && find . -type f | tr '\n' ' ')"
done
"$root/usr/sbin/xdpmirror" version >/dev/null || fail "the installed program does not run"
XDPMIRROR_CONFIG_DIR=$root/etc/xdpmirror "$root/usr/sbin/xdpmirror" config check --profile prod |
	grep -q "^$root/etc/xdpmirror/prod.yaml: valid" || fail "the installed profile is not the one that is found"
grep -q '^ExecStart=/usr/sbin/xdpmirror run %i ' "$root/usr/lib/systemd/system/xdpmirror@.service" ||
	fail "the unit does not start /usr/sbin/xdpmirror: $(grep ExecStart= "$root/usr/lib/systemd/system/xdpmirror@.service")"
echo "installed: $(cd "$root" && find . -type f | sort | tr '\n' ' ')"
if command -v systemd-analyze >/dev/null; then
	cp "$root/usr/lib/systemd/system/xdpmirror@.service" "$root/xdpmirror@eth0.service"
	# the binary is looked for where the unit will find it on the target
	sed -i "s|/usr/sbin/xdpmirror|$root/usr/sbin/xdpmirror|" "$root/xdpmirror@eth0.service"
	said=$(systemd-analyze verify --man=no "$root/xdpmirror@eth0.service" 2>&1) || fail "systemd: $said"
	[[ $said != *xdpmirror* ]] || fail "systemd: $said"
	# in tenths; what it still has is in the unit, with the reason
	systemd-analyze security --offline=true --no-pager --threshold=20 "$root/xdpmirror@eth0.service" >"$root/security" ||
		fail "the unit is exposed: $(tail -n 1 "$root/security")"
fi
