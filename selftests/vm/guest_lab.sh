#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Inside a guest that vmrun.sh --lab booted: turns the four NICs into a line of three nodes, with the
# guest's own namespace in the middle. Only for a guest: it renames devices and keeps nothing.
#
#   netns lab-src              the guest                       netns lab-dst
#   src0 192.0.2.2 ---hub 0--- in0 192.0.2.1
#                              out0 198.51.100.1 ---hub 1--- dst0 198.51.100.2
#   (the same with 2001:db8:1::/64 and 2001:db8:2::/64)
#
# in0 and out0 are virtio_net with native XDP and no offloads. Sourced, it offers the functions
# below; run as `guest_lab.sh command [args]`, it builds the lab and then runs the command in it.
# Enter a node with `lab_in src command`: unlike `ip netns exec` that keeps /sys/fs/bpf in sight.

LAB_MAC=${LAB_MAC:-52:54:00:78:6d}

lab_fail() {
	echo "guest_lab: $*" >&2
	return 1
}

# lab_device_by_mac MAC: the kernel numbers NICs as it finds them, the MAC says which is which.
lab_device_by_mac() {
	local path
	for path in /sys/class/net/*; do
		if [[ $(cat "$path/address") == "$1" ]]; then
			echo "${path##*/}"
			return
		fi
	done
	lab_fail "no NIC with MAC $1 (boot with vmrun.sh --lab)"
}

lab_name() {
	local device
	device=$(lab_device_by_mac "$LAB_MAC:$1") && ip link set "$device" name "$2"
}

lab_node() {
	local namespace=lab-$1 device=$2
	ip netns add "$namespace" && ip link set "$device" netns "$namespace" && ip -n "$namespace" link set lo up
}

# lab_in src|dst COMMAND...: run a command at one end.
lab_in() {
	local node=$1
	shift
	nsenter --net="/run/netns/lab-$node" "$@"
}

# lab_address [-n NAMESPACE] DEVICE V4 V6
lab_address() {
	local at=()
	if [[ $1 == -n ]]; then
		at=(-n "$2")
		shift 2
	fi
	ip "${at[@]}" address add "$2/24" dev "$1" &&
		ip "${at[@]}" address add "$3/64" dev "$1" nodad &&
		ip "${at[@]}" link set "$1" up
}

# lab_wait SECONDS WHAT COMMAND...: until the command succeeds. Guests run under emulation and at any
# speed, so nothing is given "some time".
lab_wait() {
	local deadline=$((SECONDS + $1)) what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS >= deadline)); then
			lab_fail "gave up waiting for $what"
			return 1
		fi
		read -r -t 0.05 <> <(:) || :
	done
}

lab_up() {
	modprobe virtio_net &&
		lab_wait 10 "four NICs" lab_device_by_mac "$LAB_MAC:03" &&
		lab_name 00 in0 && lab_name 01 src0 && lab_name 02 out0 && lab_name 03 dst0 &&
		lab_node src src0 && lab_node dst dst0 &&
		lab_address in0 192.0.2.1 2001:db8:1::1 &&
		lab_address out0 198.51.100.1 2001:db8:2::1 &&
		lab_address -n lab-src src0 192.0.2.2 2001:db8:1::2 &&
		lab_address -n lab-dst dst0 198.51.100.2 2001:db8:2::2 &&
		lab_wait 10 "the source's link" lab_in src busybox ping -c 1 -W 1 192.0.2.1 &&
		lab_wait 10 "the sink's link" lab_in dst busybox ping -c 1 -W 1 198.51.100.1
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	set -euo pipefail
	[[ $# -gt 0 ]] || {
		echo "usage: guest_lab.sh command [args]" >&2
		exit 2
	}
	lab_up
	export -f lab_in lab_wait lab_fail
	exec "$@"
fi
