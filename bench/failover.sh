#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# How long traffic is away after each kind of failure, while the daemon watches: the chaos of
# selftests/netns/test_chaos.sh, whose stream has a packet every 2 ms. bench/failover.sh [TIMES [SEED]]
# prints, for each kind: how often, and the least, median and longest gap in ms between two packets that
# arrived. XDPMIRROR is the binary (default: the dev build).
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
bash "$HERE/../selftests/netns/test_chaos.sh" "${1:-100}" "${2:-1}" >"$log" ||
    { tail -n 20 "$log" && exit 1; }
echo "kernel $(uname -r), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $(tail -n 1 "$log")"
awk '/traffic is back/ { sub(/^ *ok +[0-9]+ /, ""); sub(/: traffic is back.*/, ""); what = $0 }
    /longest gap/ { print what "\t" $(NF - 1) }' "$log" | sort -t "$(printf '\t')" -k1,1 -k2,2n |
    awk -F '\t' '$1 != what { show() ; what = $1; n = 0 } { gap[++n] = $2 } END { show() }
        function show() { if (n) printf "%-28s %3d times  least %5d  median %5d  longest %5d ms\n", what, n, gap[1], gap[int((n + 1) / 2)], gap[n] }'
