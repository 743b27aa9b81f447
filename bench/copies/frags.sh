#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copies of frames that have several buffers, in a guest, since the kernel may not survive it:
# frags.sh [KERNEL [WAY...]], by default 6.12 and the ways broadcast, clone and every.
set -euo pipefail

self=$(readlink -f "${BASH_SOURCE[0]}")
here=$(dirname "$(dirname "$self")")
# shellcheck source-path=SCRIPTDIR source=../lab.sh
source "$here/lab.sh"
# shellcheck source-path=SCRIPTDIR source=../variants.sh
source "$here/variants.sh"
# shellcheck source-path=SCRIPTDIR source=variants.sh
source "$here/copies/variants.sh"

# shellcheck disable=SC2034 # for copies/variants.sh
COPIES_OPTIONS=(--watch --frags) CPU=1
PROGRAMS=$(readlink -f "$here/../build/dev/bench")
readonly PACKETS=20 PAYLOAD=8000

# Whole are those with the length of a copy and nothing but the zeros that were sent.
count_whole() { # PCAP
	/usr/bin/python3 - "$1" $((14 + 28 + PAYLOAD)) <<-'EOF'
		import struct, sys
		data, length = open(sys.argv[1], "rb").read(), int(sys.argv[2])
		at, seen, whole, zeros = 24, 0, 0, 0
		while at + 16 <= len(data):
		    captured, = struct.unpack_from("<I", data, at + 8)
		    frame = data[at + 16:at + 16 + captured]
		    at += 16 + captured
		    seen += 1
		    whole += len(frame) == length
		    zeros += len(frame) == length and not any(frame[42:])
		print(f"{seen} arrived, {whole} of the right length, {zeros} with the right bytes")
	EOF
}

inside() { # WAY...
	local way device
	make_lab
	add_veth "$NODE_NS" egress1 02:00:00:00:02:11 "$SINK_NS" sink1 02:00:00:00:02:21
	for device in ingress0 egress0 egress1; do ip -n "$NODE_NS" link set "$device" mtu 9100; done
	ip -n "$GEN_NS" link set gen0 mtu 9100
	for device in sink0 sink1; do
		ip -n "$SINK_NS" link set "$device" mtu 9100
		in_ns "$SINK_NS" ethtool -K "$device" gro on # takes redirected frames
	done
	for way in "$@"; do
		attach_copies "$way" egress0 egress1
		for device in sink0 sink1; do
			in_ns "$SINK_NS" timeout 20 tcpdump -qUi "$device" -c "$PACKETS" -w "/tmp/$device.pcap" udp \
				2>"/tmp/$device.said" &
			until grep -q listening "/tmp/$device.said" 2>/dev/null; do sleep 0.1; done
		done
		in_ns "$GEN_NS" /usr/bin/python3 "$here/../selftests/vm/jumbo_packets.py" gen0 "$INGRESS_MAC" \
			"$INGRESS_ADDRESS" "$PAYLOAD" "$PACKETS"
		wait
		echo "$way: $PACKETS sent; by egress0 $(count_whole /tmp/sink0.pcap); by egress1 $(count_whole /tmp/sink1.pcap)"
		bpftool map dump pinned "$COPIES_PINS/events"
		remove_link "$COPIES_PINS/link"
		rm -r "$COPIES_PINS"
		node tc qdisc delete dev ingress0 clsact 2>/dev/null || true
		dmesg | grep -E 'BUG:|Oops|WARNING:|Bad page|general protection' | head -5 || true
	done
}

if [[ ${1:-} == --inside ]]; then
	grep -q virtiofs /proc/mounts || die "this part is for a guest"
	inside "${@:2}"
else
	kernel=${1:-6.12}
	ways=("${@:2}")
	((${#ways[@]})) || ways=(clone every broadcast)
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	cd "$work" # the one directory that the guest may write
	TIMEOUT=300 "$here/../selftests/vm/vmrun.sh" "$kernel" -- "$self" --inside "${ways[@]}"
fi
