#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# explain tells the truth: from a capture of what came in, it writes the very frames that the attached
# data plane sent, byte for byte and in order, and nothing of what was dropped or passed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "tcpdump ethtool jq python3" -- "$@"

TRAFFIC=(
    "[mirrored(IP(src='192.168.1.%d' % i, dst='172.16.0.10', id=i, ttl=9 + i)/UDP(sport=i, dport=31756)/(b'f' * 7 * i)) for i in range(1, 41)]"
    "mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/UDP(dport=514)/b'no rule')"
    "mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/TCP(dport=22))"
    "mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/UDP(dport=31756)/b'unknown', vni=7)"
    "Ether(dst=NODE)/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=9, dport=9)/b'not ours'"
    "[mirrored(IP(src='192.168.2.%d' % i, dst='172.16.0.10')/UDP(sport=i, dport=4739, chksum=0)/b'ipfix') for i in range(1, 11)]"
)

frames() { tcpdump -n -t -xx -r "$1" 2>/dev/null | grep -P '^\t0x'; }

lab_up 0
attach_lab
capture_start in vpc fabric -Q out udp
capture_start out tunnel inside -Q in udp port 8081
send vpc fabric "${TRAFFIC[@]}"
expect "54 packets came in" wait_until 20 capture_reached in 54
expect "50 packets left the node" wait_until 20 capture_reached out 50
capture_stop in
capture_stop out
xdpmirror explain --profile lab --pcap "$(capture_file in)" --out "$SANDBOX_FILES/explained.pcap" \
    >"$SANDBOX_FILES/explained"
expect "explain writes exactly those frames" \
    cmp <(frames "$(capture_file out)") <(frames "$SANDBOX_FILES/explained.pcap")
for word in no_rule inner_not_udp vni_unknown not_ours; do
    expect "explain says $word" grep -q "$word" "$SANDBOX_FILES/explained"
done
assert_conservation ingress
suite_done
