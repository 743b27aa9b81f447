#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# In a guest, in the lab of guest_lab.sh: every packet goes to two pools, and the books know each copy.
# guest_copies.sh XDPMIRROR SENT RECEIVED
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
xdpmirror=$1 sent=$2 received=$3
readonly packets=200

fail() {
	echo "FAILED: $*" >&2
	"$xdpmirror" drops in0 >&2 || :
	exit 1
}

books_are() { # RECEIVED COPIED DELIVERED DROPPED
	[[ $("$xdpmirror" drops in0 --json | jq -c '[.received.packets, .copied.packets, .delivered.packets, ([.drops[].packets] | add // 0)]') == "[$1,$2,$3,$4]" ]]
}

lab_in dst ip address add 198.51.100.3/24 dev dst0
"$xdpmirror" attach in0 --profile "$here/guest_copies.yaml"
nsenter --net=/run/netns/lab-dst tcpdump -Z root -n -U -s 2048 -B 8192 --immediate-mode -i dst0 -w "$received" udp port 8081 or udp port 2055 2>/tmp/tcpdump.log &
capture=$!
lab_wait 30 "tcpdump" grep -q 'listening on' /tmp/tcpdump.log
lab_in src /usr/bin/python3 "$here/forward_packets.py" send "$sent" src0
lab_wait 30 "all copies in the books" books_are $packets $packets $((2 * packets)) 0
lab_wait 30 "the capture" /usr/bin/python3 "$here/forward_packets.py" has $((2 * packets)) "$received" ||
	fail "$(wc -c <"$received") bytes captured: $(cat /tmp/tcpdump.log)"
kill $capture
wait $capture || :

# what a device refuses is in the books, for each copy
ip link set out0 down
lab_in src /usr/bin/python3 "$here/forward_packets.py" send "$sent" src0
lab_wait 30 "what the device refuses in the books" books_are $((2 * packets)) $((2 * packets)) $((2 * packets)) $((2 * packets)) ||
	fail "the books do not add up with a dead egress"
"$xdpmirror" detach in0
[[ ! -e /sys/fs/bpf/xdpmirror ]] || fail "pins are left"
