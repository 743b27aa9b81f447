#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The .deb of this build: lintian has nothing to say, and on a node of its own with a real systemd it is installed, used,
# upgraded to a next version, removed and purged.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in ../support/environment ../support/say node; do
    source "$HERE/$part.sh"
done
ROOT=$(cd "$HERE/../.." && pwd)
XM_BUILD_DIR=${XM_BUILD_DIR:-$ROOT/build/dev}
node_can || exit 77
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT

# The package, and the same under a later version.
build_packages() {
    cpack -G DEB --config "$XM_BUILD_DIR/CPackConfig.cmake" -B "$files/cpack" >"$files/said" 2>&1 ||
        die "cpack: $(tail -n 5 "$files/said")"
    mv "$files/cpack/"*.deb "$files/share/first.deb"
    dpkg-deb -R "$files/share/first.deb" "$files/next"
    sed -i 's/^Version: .*/&+next/' "$files/next/DEBIAN/control"
    dpkg-deb -Zgzip -z1 -b "$files/next" "$files/share/next.deb" >/dev/null
}

mkdir "$files/share"
build_packages
lintian --allow-root --fail-on error,warning "$files/share/first.deb" >"$files/lintian" 2>&1 &
judge=$!
cp "$HERE/../support/say.sh" "$HERE/../support/wait.sh" "$HERE/node_package.sh" "$files/share/"
node_run "$files/share" /mnt/share/node_package.sh
if ! wait "$judge" || [[ -s $files/lintian ]]; then
    die "lintian: $(cat "$files/lintian")"
fi
say_pass "lintian has nothing to say about $(stat -c %s "$files/share/first.deb") bytes"
