#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# In a guest, in the lab of guest_lab.sh: mirrors to the address of a VLAN device on the NIC, tagged as
# they come; then 9000-byte frames on virtio_net, which 6.12 takes in several buffers and 6.1 refuses.
# guest_jumbo.sh XDPMIRROR works|refused
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
xdpmirror=$1 jumbo=$2
readonly packets=20 payload=8000

fail() {
	echo "FAILED: $*" >&2
	"$xdpmirror" drops in0 >&2 || :
	exit 1
}

figure() { "$xdpmirror" drops in0 --json | jq -r "$1"; }
delivered_is() { [[ $(figure .delivered.packets) == "$1" ]]; }
conserved() {
	"$xdpmirror" drops in0 --json |
		jq -e '.received.packets == .delivered.packets + ([.drops[].packets] | add)' >/dev/null
}
arrived_is() { [[ $(lab_in dst ip -j -s link show dst0 | jq '.[0].stats64.rx.packets') -ge $1 ]]; }

# send DESTINATION SIZE [tagged]: mirrored frames, whole headers, by a plain socket.
send() {
	lab_in src /usr/bin/python3 "$here/jumbo_packets.py" src0 "$(cat /sys/class/net/in0/address)" \
		"$1" "$2" "$packets" ${3:+"$3"}
}

ip link add link in0 name in0.30 type vlan id 30
ip address add 203.0.113.1/24 dev in0.30
ip link set in0.30 up
"$xdpmirror" attach in0 --profile "$here/guest_profile.yaml" >/dev/null
send 203.0.113.1 100 tagged
lab_wait 30 "tagged mirrors to the VLAN device's address" delivered_is "$packets"
conserved || fail "the books do not add up"
"$xdpmirror" detach in0
ip link del in0.30

for device in in0 out0; do ip link set "$device" mtu 9000; done
lab_in src ip link set src0 mtu 9000
lab_in dst ip link set dst0 mtu 9000
if [[ $jumbo == refused ]]; then
	status=0
	"$xdpmirror" attach in0 --profile "$here/guest_profile.yaml" >/dev/null 2>/tmp/err || status=$?
	[[ $status == 1 && $(wc -l </tmp/err) == 1 ]] || fail "not refused in one line: $(cat /tmp/err)"
	grep -qE 'MTU too large.*lower the MTU \(ip link set (in0|out0) mtu' /tmp/err || fail "no cure: $(cat /tmp/err)"
	[[ ! -e /sys/fs/bpf/xdpmirror ]] || fail "pins are left"
	cat /tmp/err
	exit 0
fi
"$xdpmirror" attach in0 --profile "$here/guest_profile.yaml" >/dev/null
[[ $("$xdpmirror" status in0 --json | jq -r '"\(.mode) \(.frags)"') == "native true" ]] ||
	fail "not native and multi-buffer"
before=$(lab_in dst ip -j -s link show dst0 | jq '.[0].stats64.rx.packets')
send 192.0.2.1 "$payload"
lab_wait 30 "jumbo frames in the books" delivered_is "$packets"
lab_wait 30 "jumbo frames at the collector's NIC" arrived_is $((before + packets))
conserved || fail "the books do not add up"
[[ $(figure '.delivered.bytes') == $((packets * (14 + 28 + payload))) ]] || fail "not whole: $(figure .delivered.bytes)"
"$xdpmirror" detach in0
