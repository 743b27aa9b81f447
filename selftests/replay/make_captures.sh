#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Makes the captures of captures.sh and leaves them in a directory: make_captures.sh DIRECTORY
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
source "$(dirname "${BASH_SOURCE[0]}")/captures.sh"
[[ $# == 1 && -d $1 ]] || {
    say "make_captures.sh: needs one directory that exists: make_captures.sh DIRECTORY" >&2
    exit 2
}
suite_enter "$CAPTURES_NEED" -- "$@"
captures_make
cp "$SANDBOX_FILES"/*.pcap "$1"
for file in "$1"/*.pcap; do
    say "$file: $(tcpdump -n --count -r "$file" 2>/dev/null)"
done
