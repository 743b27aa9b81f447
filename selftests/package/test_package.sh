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

# build_package VERSION NAME
build_package() {
    cpack -G DEB -R "$1" --config "$XM_BUILD_DIR/CPackConfig.cmake" -B "$files/$2" >"$files/cpack" 2>&1 ||
        die "cpack: $(tail -n 5 "$files/cpack")"
    mv "$files/$2/"*.deb "$files/share/$2.deb"
}

mkdir "$files/share"
build_package 0.1.0 first &
build_package 0.1.1 next
wait $! || die "cpack fails"
said=$(lintian --allow-root --fail-on error,warning "$files/share/first.deb" 2>&1) || die "lintian: $said"
[[ -z $said ]] || die "lintian: $said"
say_pass "lintian has nothing to say about $(stat -c %s "$files/share/first.deb") bytes"
cp "$HERE/../support/say.sh" "$HERE/../support/wait.sh" "$HERE/node_package.sh" "$files/share/"
node_run "$files/share" /mnt/share/node_package.sh
