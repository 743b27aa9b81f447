#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# In a guest, in the lab of guest_lab.sh: attaches natively to virtio_net, forwards between two NICs,
# and detaches. guest_forward.sh XDPMIRROR SENT RECEIVED PLAIN|SHARED
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
xdpmirror=$1 sent=$2 received=$3 how=$4
readonly packets=200

fail() {
	echo "FAILED: $*" >&2
	"$xdpmirror" drops in0 >&2 || :
	lab_in dst ip -s link show dst0 >&2 || :
	exit 1
}

books() { "$xdpmirror" drops in0 --json; }
figure() { books | jq -r "$1"; }
has_xdp() { ip -o link show "$1" | grep -q 'xdp'; }
received_all() { [[ $(figure .received.packets) == "$packets" ]]; }

options=()
[[ $how == plain ]] || options=(--shared)
"$xdpmirror" attach in0 --profile "$here/guest_profile.yaml" "${options[@]}"
[[ $("$xdpmirror" status in0 --json | jq -r .mode) == native ]] || fail "not native"
has_xdp out0 || fail "the redirect target has no stub program"

nsenter --net=/run/netns/lab-dst tcpdump -Z root -n -U -s 2048 -B 8192 --immediate-mode -i dst0 -w "$received" udp port 8081 2>/tmp/tcpdump.log &
capture=$!
lab_wait 30 "tcpdump" grep -q 'listening on' /tmp/tcpdump.log
lab_in src /usr/bin/python3 "$here/forward_packets.py" send "$sent" src0
lab_wait 30 "all packets in the books" received_all
lab_wait 30 "the capture" /usr/bin/python3 "$here/forward_packets.py" has "$packets" "$received" ||
	fail "$(wc -c <"$received") bytes captured: $(cat /tmp/tcpdump.log)"
kill $capture
wait $capture || :

now=$(books)
[[ $(jq -r .delivered.packets <<<"$now") == "$packets" ]] || fail "not all delivered: $now"
jq -e '.received.packets == .delivered.packets + ([.drops[].packets] | add)' <<<"$now" >/dev/null ||
	fail "the books do not add up: $now"
jq -e '.redirect_errors_counted' <<<"$("$xdpmirror" status in0 --json)" >/dev/null ||
	fail "nobody counts redirect errors"

# a frame that the driver refuses is in the books too: the egress goes down
ip link set out0 down
lab_in src /usr/bin/python3 "$here/forward_packets.py" send "$sent" src0
twice() { [[ $(figure .received.packets) == $((2 * packets)) ]]; }
lab_wait 30 "the second round in the books" twice
rejected() { [[ $(figure '[.drops[] | select(.reason == "egress_rejected").packets] | add') == "$packets" ]]; }
lab_wait 30 "what the kernel refused in the books" rejected
jq -e '.received.packets == .delivered.packets + ([.drops[].packets] | add)' <<<"$(books)" >/dev/null ||
	fail "the books do not add up with a dead egress"
ip link set out0 up

"$xdpmirror" detach in0
[[ $how == shared ]] || ! has_xdp in0 || fail "a program is left on the ingress"
! has_xdp out0 || fail "the stub is left on the egress"
[[ ! -e /sys/fs/bpf/xdpmirror ]] || fail "pins are left"
