#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Sends packets by each way to make copies while something is wrong with a device, and tells what became of
# the copies: arrived, or what the kernel told of those that did not. README.md has the answers.
set -euo pipefail

here=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source-path=SCRIPTDIR source=../lab.sh
source "$here/lab.sh"
# shellcheck source-path=SCRIPTDIR source=../variants.sh
source "$here/variants.sh"
# shellcheck source-path=SCRIPTDIR source=../ways.sh
source "$here/ways.sh"
# shellcheck source-path=SCRIPTDIR source=variants.sh
source "$here/copies/variants.sh"

# shellcheck disable=SC2034 # for copies/variants.sh
COPIES_OPTIONS=(--watch) CPU=1
PROGRAMS=$(readlink -f "${1:-$here/../build/dev/bench}")
readonly TUN_PINS=/sys/fs/bpf/bench/tun
readonly FRAME_OPTIONS=(--flows 256 --payload 160)

# A case: what is done to the devices before packets come, and by which device each copy is to leave.
CASES=(
	"all well"
	"one device down"
	"both devices down"
	"one device removed"
	"same device twice"
	"queue of the device full"
	"queue of the qdisc full"
	"device takes no frames from XDP"
	"device without Ethernet header"
	"back out of the ingress"
)

set_up() { # CASE WAY: devices, then the way, then what goes wrong
	local -a devices=(egress0 egress1)
	add_egress 1
	case $1 in
	"same device twice") devices=(egress0 egress0) ;;
	"queue of the device full") devices=(egress0 egress0 egress0 egress0 egress0 egress0 egress0 egress0) ;;
	"queue of the qdisc full")
		node tc qdisc add dev egress1 root tbf rate 8kbit burst 2kb limit 20kb
		;;
	"device takes no frames from XDP")
		ip -n "$NODE_NS" link add macvlan0 link egress1 type macvlan mode bridge
		ip -n "$NODE_NS" link set macvlan0 up
		devices=(egress0 macvlan0)
		;;
	"device without Ethernet header") add_counted_tun && devices=(egress0 tun0) ;;
	"back out of the ingress") also_sink "$GEN_NS" gen0 && devices=(egress0 ingress0) ;;
	esac
	DUE=${#devices[@]}
	attach_copies "$2" "${devices[@]}"
	case $1 in
	"one device down") ip -n "$NODE_NS" link set egress1 down ;;
	"both devices down")
		ip -n "$NODE_NS" link set egress0 down
		ip -n "$NODE_NS" link set egress1 down
		;;
	"one device removed") ip -n "$NODE_NS" link delete egress1 ;;
	esac
}

# A sink of its own at the tun's egress, since a device without Ethernet header has no XDP.
add_counted_tun() {
	add_tun
	mkdir "$TUN_PINS"
	node "$PROGRAMS/xm_bench_sink" --pin "$TUN_PINS" --dev tun0 --address "$COLLECTOR" --prefix 24 \
		--port "$COLLECTOR_PORT" --without-ethernet "${FRAME_OPTIONS[@]}"
}

set_down() {
	in_ns "$GEN_NS" ip link set dev gen0 xdpdrv off 2>/dev/null || true
	node tc qdisc delete dev egress1 root 2>/dev/null || true
	ip -n "$NODE_NS" link delete macvlan0 2>/dev/null || true
	ip -n "$NODE_NS" link delete tun0 2>/dev/null || true
	rm -rf "$TUN_PINS"
	copies_down
	ip -n "$NODE_NS" link set egress0 up
}

run_case() { # CASE WAY: one line of JSON
	local sent events='[]' tun='[]' waiting
	mkdir "$SINK_PINS"
	# the sink takes the first copy's address for right, so that what it takes for wrong is the others'
	in_ns "$SINK_NS" "$PROGRAMS/xm_bench_sink" --pin "$SINK_PINS" --dev sink0 --address "$COLLECTOR" \
		--port "$COLLECTOR_PORT" "${FRAME_OPTIONS[@]}"
	set_up "$1" "$2"
	sent=$(in_ns "$GEN_NS" "$PROGRAMS/xm_bench_gen" --dev gen0 --sink "$SINK_PINS" --to-mac "$INGRESS_MAC" \
		--to-address "$INGRESS_ADDRESS" --inner-address "$INNER_ADDRESS" --inner-port "$FLOW_PORT" \
		--vni "$VNI" --cpu "$CPU" --seconds 0.1 --warm-up 0 "${FRAME_OPTIONS[@]}")
	events=$(bpftool -j map dump pinned "$COPIES_PINS/events")
	[[ ! -e $TUN_PINS/tally ]] || tun=$(bpftool -j map dump pinned "$TUN_PINS/tally")
	waiting=$(node tc -s qdisc show dev egress1 2>/dev/null | sed -n 's/.*backlog [^ ]* \([0-9]*\)p .*/\1/p' || true)
	echo "{\"case\": \"$1\", \"way\": \"$2\", \"copies\": $DUE, \"gen\": $sent, \"waiting\": ${waiting:-0}, \"events\": $events, \"tun\": $tun}"
	set_down
	remove_link "$SINK_PINS/link"
	rm -rf "$SINK_PINS"
}

cleanup() {
	remove_lab
	rm -rf "$WORK"
}

main() {
	local case way
	open_lab "$@"
	for case in "${CASES[@]}"; do
		for way in broadcast clone every; do
			run_case "$case" "$way"
		done
	done >"$WORK/records"
	/usr/bin/python3 "$here/copies/losses.py" <"$WORK/records"
}

main "$@"
