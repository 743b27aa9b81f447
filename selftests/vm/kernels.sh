#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Finds the guest kernels that vmrun.sh boots and prints where they are; it never installs one:
# packages are unpacked into a cache directory and nothing outside it changes.
#
#   kernels.sh [6.1] [6.12]     for each (default: both) three lines that a shell can eval:
#                               BOOT=dir with vmlinuz-KVER, MODS=dir with KVER/, KVER=version
#
# The newest cloud kernel that apt knows is used, or the newest one already in the cache when apt
# knows none or cannot fetch it. Exit status: 0 printed, 2 wrong arguments, 77 not obtainable here.
set -euo pipefail

readonly CACHE=${XDPMIRROR_KERNEL_CACHE:-${XDG_CACHE_HOME:-/var/cache}/xdpmirror/kernels}
work=
package=

lack() {
	echo "kernels.sh: $*" >&2
	exit 77
}

cleanup() {
	if [[ -n $work ]]; then rm -rf "$work"; fi
	work=
}

need_tools() {
	local tool
	for tool in apt-get apt-cache dpkg depmod flock; do
		command -v "$tool" >/dev/null || lack "'$tool' is missing (apt-get install apt dpkg kmod util-linux)"
	done
	[[ $(uname -m) == x86_64 ]] || lack "guests are amd64 only, this machine is $(uname -m)"
}

# newest_known SERIES: package names apt offers, newest first; metapackages have no third number.
newest_known() {
	local series=${1//./\\.}
	apt-cache pkgnames "linux-image-$1." 2>/dev/null |
		{ grep -E "^linux-image-$series\.[0-9][^ ]*-cloud-amd64\$" || :; } | sort -rV
}

newest_cached() {
	local dir
	for dir in "$CACHE/linux-image-$1."*-cloud-amd64; do
		if [[ -d $dir ]]; then echo "${dir##*/}"; fi
	done | sort -rV | head -n 1
}

# unpack PACKAGE: into the cache, complete or not at all (another runner may look at the same time).
# The caller tests the result, which switches errexit off in here: hence the explicit chain.
unpack() {
	local package=$1
	work=$(mktemp -d "$CACHE/.unpack.XXXXXX") &&
		mkdir "$work/deb" "$work/root" &&
		(cd "$work/deb" && apt-get -qq -o APT::Sandbox::User=root download "$package" >&2) &&
		dpkg -x "$work"/deb/*.deb "$work/root" &&
		move_modules "$work/root" &&
		depmod -b "$work/root" "${package#linux-image-}" &&
		mv -T "$work/root" "$CACHE/$package"
}

# move_modules ROOT: newer packages put modules under /usr/lib; depmod -b looks under /lib.
move_modules() {
	if [[ ! -d $1/usr/lib/modules ]]; then return; fi
	mkdir -p "$1/lib" && mv "$1/usr/lib/modules" "$1/lib/modules"
}

# obtain SERIES: leaves the package directory's name in $package, fetching it when it is not there.
obtain() {
	local series=$1
	package=$(newest_known "$series" | head -n 1)
	if [[ -n $package && ! -d $CACHE/$package ]]; then
		unpack "$package" || echo "kernels.sh: fetching $package failed" >&2
		cleanup
	fi
	if [[ -z $package || ! -d $CACHE/$package ]]; then
		package=$(newest_cached "$series")
	fi
	[[ -n $package ]] ||
		lack "no linux-image-$series.*-cloud-amd64 in apt or in $CACHE (try apt-get update)"
}

show() {
	printf 'BOOT=%q\nMODS=%q\nKVER=%q\n' \
		"$CACHE/$package/boot" "$CACHE/$package/lib/modules" "${package#linux-image-}"
}

main() {
	local series
	if [[ $# -eq 0 ]]; then set -- 6.1 6.12; fi
	for series in "$@"; do
		case $series in
		6.1 | 6.12) ;;
		*)
			echo "kernels.sh: unknown series '$series' (6.1 or 6.12)" >&2
			exit 2
			;;
		esac
	done
	need_tools
	mkdir -p "$CACHE" 2>/dev/null || lack "cannot create $CACHE (run as root or set XDG_CACHE_HOME)"
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	# One fetch at a time: two test runs share the cache.
	exec 9>"$CACHE/.lock" || lack "cannot write $CACHE"
	flock 9
	rm -rf "$CACHE"/.unpack.* # left by a run that was killed outright
	for series in "$@"; do
		obtain "$series"
		show
	done
}

main "$@"
