# shellcheck shell=bash disable=SC2034 # the names are for those who source this
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The bench's network, sourced by run.sh and stages.sh: three namespaces in a row that live in a
# mount namespace of their own, so that nothing outside sees them and nothing of them is left.
#
#   xmb-gen              xmb-node                                xmb-sink
#   gen0 ------------> ingress0 [ the variant under test ] egress0 ------------> sink0

readonly GEN_NS=xmb-gen NODE_NS=xmb-node SINK_NS=xmb-sink
readonly INGRESS_MAC=02:00:00:00:01:01 GEN_MAC=02:00:00:00:01:02
readonly EGRESS_MAC=02:00:00:00:02:01 SINK_MAC=02:00:00:00:02:02
readonly INGRESS_ADDRESS=10.0.255.1 EGRESS_ADDRESS=10.77.0.1 COLLECTOR=10.77.0.2
readonly INNER_ADDRESS=172.16.0.10 INNER_MAC=0e:5a:11:07:00:01
readonly VNI=4242 FLOW_PORT=31756 COLLECTOR_PORT=8081

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# Starts the calling script anew in a mount namespace of its own, once.
enter_private_mounts() {
	[[ $(id -u) -eq 0 ]] || die "needs root"
	[[ ${XM_BENCH_PRIVATE:-} == yes ]] && return
	exec env XM_BENCH_PRIVATE=yes unshare --mount --propagation private bash "$0" "$@"
}

# Everything for a run of the script with these arguments, which its cleanup() takes away again; WORK is a directory.
open_lab() {
	enter_private_mounts "$@"
	WORK=$(mktemp -d)
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	make_lab
}

in_ns() { # NAMESPACE COMMAND...: unlike `ip netns exec`, leaves /sys/fs/bpf as it is
	local ns=$1
	shift
	nsenter --net="/run/netns/$ns" "$@"
}

add_namespace() {
	ip netns add "$1"
	in_ns "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	ip -n "$1" link set lo up
}

add_veth() { # NS NAME MAC PEER_NS PEER PEER_MAC: one queue each way
	ip -n "$1" link add "$2" address "$3" numtxqueues 1 numrxqueues 1 type veth \
		peer name "$5" address "$6" numtxqueues 1 numrxqueues 1 netns "$4"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

make_lab() {
	mkdir -p /run/netns
	mount -t tmpfs xm_bench_netns /run/netns
	mount -t bpf xm_bench_bpf /sys/fs/bpf
	mkdir /sys/fs/bpf/bench
	add_namespace "$GEN_NS"
	add_namespace "$NODE_NS"
	add_namespace "$SINK_NS"
	add_veth "$GEN_NS" gen0 "$GEN_MAC" "$NODE_NS" ingress0 "$INGRESS_MAC"
	add_veth "$NODE_NS" egress0 "$EGRESS_MAC" "$SINK_NS" sink0 "$SINK_MAC"
	ip -n "$NODE_NS" address add "$INGRESS_ADDRESS/16" dev ingress0
	ip -n "$NODE_NS" address add "$EGRESS_ADDRESS/24" dev egress0
	ip -n "$NODE_NS" neighbour add "$COLLECTOR" lladdr "$SINK_MAC" dev egress0
}

remove_lab() {
	local ns
	for ns in "$GEN_NS" "$NODE_NS" "$SINK_NS"; do
		ip netns delete "$ns" 2>/dev/null || true
	done
}
