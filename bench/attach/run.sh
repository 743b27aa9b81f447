#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs the attach experiment in a network of its own and prints the tables of
# docs/decisions/0001-attach.md. Network, pins and links live in namespaces of this script's process
# and go with it, however it ends.
#
#   run.sh [--build DIR] [--vm 6.1|6.12 [--virtio]] [--json FILE] [experiment's own options...]
#
# DIR is a build directory with the bench in it, by default that of the dev preset. With --vm all of
# it happens in a guest, over veth, or with --virtio over virtio_net NICs. Exit status: 0 done, 1
# failed, 2 wrong arguments, 77 no guest here.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly vmrun=$here/../../selftests/vm/vmrun.sh
# The MACs that `vmrun.sh --lab` gives its NICs: 00 and 01 share a hub, 02 and 03 another.
readonly lab_mac=52:54:00:78:6d

build=$here/../../build/dev
kernel=
wires=veth
json=
options=()
scratch=
guest=

fail() {
	echo "run.sh: $1" >&2
	exit "${2:-1}"
}

parse_arguments() {
	while [[ $# -gt 0 ]]; do
		case $1 in
		--build | --vm | --json)
			[[ $# -ge 2 ]] || fail "'$1' needs a value" 2
			case $1 in
			--build) build=$2 ;;
			--vm) kernel=$2 ;;
			--json) json=$2 ;;
			esac
			shift
			;;
		--virtio) wires=virtio ;;
		*) options+=("$1") ;;
		esac
		shift
	done
	[[ -x $build/bench/attach/xm_bench_attach ]] ||
		fail "'$build' has no bench/attach/xm_bench_attach: cmake --preset dev && cmake --build --preset dev" 2
	[[ $kernel || $wires == veth ]] || fail "--virtio goes with --vm" 2
	build=$(realpath "$build")
	if [[ $json ]]; then json=$(realpath "$json"); fi
}

add_veth() {
	ip link add "$1" numtxqueues 1 numrxqueues 1 type veth peer name "$2" numtxqueues 1 numrxqueues 1
}

# Two wires: generator to ingress, egress to sink. Nothing but the experiment's packets is on them.
make_wires() {
	local device
	sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	if [[ $wires == virtio ]]; then
		take_nics
		feed_nic
	else
		add_veth gen0 in0
		add_veth out0 sink0
	fi
	for device in gen0 in0 out0 sink0; do
		ip link set "$device" promisc on up
	done
}

# Live frames do not go into a virtio NIC themselves (its driver writes into frame memory that the
# generator uses again): they become ordinary packets in a veth pair, and tc leads them to the NIC.
feed_nic() {
	add_veth gen0 feed0
	ethtool -K feed0 gro on
	ip link set nic0 promisc on up
	ip link set feed0 up
	tc qdisc add dev feed0 clsact
	tc filter add dev feed0 ingress matchall action mirred egress redirect dev nic0
}

take_nics() {
	local number path name=(nic0 in0 out0 sink0)
	modprobe virtio_net
	for path in /sys/class/net/*; do
		number=$(cat "$path/address")
		if [[ $number != "$lab_mac":* ]]; then continue; fi
		ip link set "${path##*/}" name "${name[10#${number##*:}]}"
	done
}

# Under emulation the thread that takes over softirqs comes too late and queues overflow: in a guest it
# goes before everything else, so that what is lost is lost by the mechanism. Emulated NICs overflow
# anyway, and it would keep the loader from its work.
prefer_softirqs() {
	local comm
	for comm in /proc/[0-9]*/comm; do
		if [[ $(cat "$comm" 2>/dev/null) == ksoftirqd/* ]]; then
			chrt -f -p 1 "$(basename "$(dirname "$comm")")"
		fi
	done
}

describe() {
	printf 'kernel %s, %s CPUs of %s, %s\n\n' "$(uname -r)" "$(nproc)" \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$wires"
}

run_here() {
	mount -t bpf -o mode=0700 xm_bench_attach /sys/fs/bpf
	mkdir /sys/fs/bpf/attach
	make_wires
	if [[ $in_guest && $wires == veth ]]; then prefer_softirqs; fi
	describe
	if [[ $json ]]; then options+=(--json "$json"); fi
	"$build/bench/attach/xm_bench_attach" --generator gen0 --ingress in0 --egress out0 --sink sink0 \
		--pins /sys/fs/bpf/attach "${options[@]}"
}

# The guest's working directory is the only one it may write: a scratch one, for the JSON.
run_in_guest() {
	local nics=() status=0
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	trap 'kill "$guest"; wait "$guest" || :; exit 130' INT
	trap 'kill "$guest"; wait "$guest" || :; exit 143' TERM
	if [[ $wires == virtio ]]; then nics=(--lab); fi
	cd "$scratch"
	TIMEOUT=${TIMEOUT:-900} "$vmrun" "${nics[@]}" "$kernel" -- \
		env XM_ATTACH_GUEST=yes XM_ATTACH_INSIDE="$wires" "$here/run.sh" --build "$build" \
		--json "$scratch/json" "${options[@]}" &
	guest=$!
	wait "$guest" || status=$?
	if [[ $json && -s $scratch/json ]]; then cp "$scratch/json" "$json"; fi
	exit "$status"
}

main() {
	local inside=${XM_ATTACH_INSIDE:-}
	local in_guest=${XM_ATTACH_GUEST:-}
	unset XM_ATTACH_INSIDE XM_ATTACH_GUEST
	parse_arguments "$@"
	if [[ $inside ]]; then
		wires=$inside
		run_here
	elif [[ $kernel ]]; then
		run_in_guest
	else
		[[ $EUID -eq 0 ]] || fail "needs root"
		XM_ATTACH_INSIDE=veth exec unshare --mount --net --propagation private "$here/run.sh" "$@"
	fi
}

main "$@"
