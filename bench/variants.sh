# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # names are shared with run.sh and lab.sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The ways under test, sourced by run.sh: for each, NAME_up puts it between ingress0 and egress0 and
# NAME_down takes it away whole. PROGRAMS, FRAME_OPTIONS, XDPMIRROR and PROFILE come from run.sh.

readonly SINK_PINS=/sys/fs/bpf/bench/sink
readonly XDPMIRROR_STATE=/sys/fs/bpf/xdpmirror/ingress0

node() { in_ns "$NODE_NS" "$@"; }

# The sink expects what the variant is to deliver: untouched frames from those that only carry.
sink_up() { # VARIANT
	local ns=$SINK_NS
	local -a on=(--dev sink0 --address "$COLLECTOR" --port "$COLLECTOR_PORT")
	case $1 in
	floor) ns=$NODE_NS on=(--dev ingress0 --address "$INGRESS_ADDRESS" --port 4789 --encapsulated) ;;
	bare) on=(--dev sink0 --address "$INGRESS_ADDRESS" --port 4789 --encapsulated) ;;
	with_pool | with_flow | with_templates) on+=(--prefix 24) ;; # any of the pool
	way_tx) ns=$GEN_NS on[1]=gen0 ;;
	copies_l3_*) add_tun && ns=$NODE_NS on[1]=tun0 && on+=(--without-ethernet --prefix 24) ;;
	copies_*) on+=(--prefix 24) ;; # each copy has another address
	way_tc_l3) add_tun && ns=$NODE_NS on[1]=tun0 && on+=(--without-ethernet) ;;
	esac
	mkdir "$SINK_PINS"
	in_ns "$ns" "$PROGRAMS/xm_bench_sink" --pin "$SINK_PINS" "${on[@]}" "${FRAME_OPTIONS[@]}"
}

# Frees the hook now: dropping the last pin frees it some time later, too late for the next variant.
remove_link() { # PIN
	bpftool link detach pinned "$1"
	rm -f "$1"
}

sink_down() { # VARIANT
	if [[ $1 == way_tc_l3 || $1 == copies_l3_* ]]; then remove_tun; else remove_link "$SINK_PINS/link"; fi
	rm -rf "$SINK_PINS"
}

# Not a way through: generator, first veth and sink alone, to read the others by.
floor_up() { :; }
floor_down() { :; }

bare_up() { node "$PROGRAMS/xm_bench_bare" --in ingress0 --out egress0 --pin /sys/fs/bpf/bench/bare; }
bare_down() { remove_link /sys/fs/bpf/bench/bare; }

attach() { # BINARY PROFILE
	XM_BENCH_COLLECTOR=$COLLECTOR XM_BENCH_NEXT_HOP=$SINK_MAC node "$1" attach ingress0 --profile "$2"
}

xdpmirror_up() { attach "$XDPMIRROR" "$PROFILE"; }
xdpmirror_down() { node "$XDPMIRROR" detach ingress0; }

before_up() { attach "$BEFORE" "$PROFILE"; }
before_down() { node "$BEFORE" detach ingress0; }

# with_NAME for each profile in features/: what one feature costs those who use it.
FEATURES=()
for feature in "$here"/features/*.yaml; do
	feature=$(basename "$feature" .yaml)
	FEATURES+=("with_$feature")
	eval "with_${feature}_up() { with_feature $feature; }; with_${feature}_down() { xdpmirror_down; }"
done

with_feature() {
	node sysctl -qw net.ipv4.conf.ingress0.forwarding=1 net.ipv4.conf.{all,ingress0}.rp_filter=0
	attach "$XDPMIRROR" "$here/features/$1.yaml"
}

# Without a program, a veth takes redirected frames only when GRO is on, as it is on NICs.
add_vxlan() {
	node ethtool -K ingress0 gro on
	ip -n "$NODE_NS" link add vxlan0 address "$INNER_MAC" type vxlan id "$VNI" dstport 4789 \
		local "$INGRESS_ADDRESS" nolearning
	ip -n "$NODE_NS" link set vxlan0 up
}

remove_vxlan() {
	ip -n "$NODE_NS" link delete vxlan0
	node ethtool -K ingress0 gro off
}

kernel_up() {
	add_vxlan
	node sysctl -qw net.ipv4.ip_forward=1
	node nft -f - <<-EOF
		table ip xm_bench {
			chain prerouting {
				type nat hook prerouting priority dstnat
				iifname "vxlan0" udp dport $FLOW_PORT dnat to $COLLECTOR:$COLLECTOR_PORT
			}
		}
	EOF
}

kernel_down() {
	node nft delete table ip xm_bench
	node sysctl -qw net.ipv4.ip_forward=0
	remove_vxlan
}

tc_up() {
	add_vxlan
	node "$PROGRAMS/xm_bench_tc" --in vxlan0 --out egress0 --match-port "$FLOW_PORT" \
		--to-address "$COLLECTOR" --to-port "$COLLECTOR_PORT" --to-mac "$SINK_MAC" --from-mac "$EGRESS_MAC"
}

tc_down() { remove_vxlan; }
