# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # names are shared with run.sh and lab.sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The ways to send copies of a packet as variants, sourced by run.sh after variants.sh: copies_WAY_N sends
# N copies, each to another address, and each but those of copies_l3 by a device of its own.

readonly COPIES_PINS=/sys/fs/bpf/bench/copies
readonly MAX_COPIES=3 # by devices of their own: egress0, egress1, ...

COPIES=(copies_one)
for way in broadcast clone every l3 user; do
	for ((copies = 1; copies <= MAX_COPIES; copies++)); do
		COPIES+=("copies_${way}_$copies")
		eval "copies_${way}_${copies}_up() { copies_up $way $copies; }"
		eval "copies_${way}_${copies}_down() { copies_down; }"
	done
done

copies_one_up() { copies_up one 1; }
copies_one_down() { copies_down; }

# The product.
copies_xdpmirror_2_up() {
	add_egress 1
	XM_BENCH_NEXT_HOP1=02:00:00:00:02:21 attach "$XDPMIRROR" "$here/copies/two.yaml"
}
copies_xdpmirror_2_down() {
	xdpmirror_down
	ip -n "$NODE_NS" link delete egress1
}

copies_of() { # VARIANT: how many arrive of a packet
	[[ $1 =~ ^copies_.*_([0-9]+)$ ]] && echo "${BASH_REMATCH[1]}" || echo 1
}

# One more device to leave by, with the same sink behind it.
add_egress() { # NUMBER
	add_veth "$NODE_NS" "egress$1" "02:00:00:00:02:1$1" "$SINK_NS" "sink$1" "02:00:00:00:02:2$1"
	also_sink "$SINK_NS" "sink$1"
}

also_sink() { # NS DEVICE: the sink's XDP program there too
	local program
	program=$(bpftool -j link show pinned "$SINK_PINS/link" | grep -o '"prog_id":[0-9]*')
	in_ns "$1" bpftool net attach xdpdrv id "${program#*:}" dev "$2"
}

attach_copies() { # WAY DEVICE...: a copy by each; a process that stays behind is COPIES_PROCESS
	local way=$1 device
	local -a to=()
	shift
	for device in "$@"; do
		to+=(--to "$device,10.77.0.$((2 + ${#to[@]} / 2)),$COLLECTOR_PORT")
	done
	mkdir "$COPIES_PINS"
	COPIES_PROCESS=$(node "$PROGRAMS/xm_bench_copies" --way "$way" --in ingress0 --to-mac "$SINK_MAC" \
		--from-mac "$EGRESS_MAC" --pin "$COPIES_PINS" --cpu "$CPU" "${to[@]}" "${COPIES_OPTIONS[@]}")
}
COPIES_OPTIONS=()

copies_up() { # WAY COPIES
	local number
	local -a devices=()
	for ((number = 0; number < $2; number++)); do
		if [[ $1 == l3 ]]; then
			devices+=(tun0)
		else
			((number == 0)) || add_egress "$number"
			devices+=("egress$number")
		fi
	done
	attach_copies "${1/l3/clone}" "${devices[@]}"
}

copies_down() {
	local number
	[[ -z $COPIES_PROCESS ]] || kill "$COPIES_PROCESS"
	COPIES_PROCESS=''
	remove_link "$COPIES_PINS/link"
	rm -r "$COPIES_PINS"
	node tc qdisc delete dev ingress0 clsact 2>/dev/null || true
	for ((number = 1; number < MAX_COPIES; number++)); do
		ip -n "$NODE_NS" link delete "egress$number" 2>/dev/null || true
	done
}
