# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # names are shared with run.sh and lab.sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The product's ways out as variants, way_NAME for each profile in ways/, sourced by run.sh after
# variants.sh. Redirect, the usual one, is the variant xdpmirror.

WAYS=()
for way in "$here"/ways/*.yaml; do
	WAYS+=("way_$(basename "$way" .yaml)")
done

attach_way() { XM_BENCH_NEXT_HOP=$GEN_MAC attach "$XDPMIRROR" "$here/ways/$1.yaml"; }

way_tx_up() { attach_way tx; }
way_tx_down() { xdpmirror_down; }

way_tc_ethernet_up() { attach_way tc_ethernet; }
way_tc_ethernet_down() { xdpmirror_down; }

way_tc_macvlan_up() {
	ip -n "$NODE_NS" link add macvlan0 link egress0 type macvlan mode bridge
	ip -n "$NODE_NS" link set macvlan0 up
	ip -n "$NODE_NS" route add "$COLLECTOR/32" dev macvlan0
	ip -n "$NODE_NS" neighbour add "$COLLECTOR" lladdr "$SINK_MAC" dev macvlan0
	attach_way tc_macvlan
}

way_tc_macvlan_down() {
	xdpmirror_down
	ip -n "$NODE_NS" link delete macvlan0
}

# The sink is at the device's tc egress, see sink_up, and nobody reads from it.
add_tun() {
	ip -n "$NODE_NS" tuntap add dev tun0 mode tun
	ip -n "$NODE_NS" link set tun0 up
}
remove_tun() { ip -n "$NODE_NS" link delete tun0; }

way_tc_l3_up() { attach_way tc_l3; }
way_tc_l3_down() { xdpmirror_down; }

# Only packets with the mark find this route.
way_kernel_up() {
	node sysctl -qw net.ipv4.ip_forward=1 net.ipv4.fwmark_reflect=1
	ip -n "$NODE_NS" route add "$COLLECTOR/32" dev egress0 table 77
	ip -n "$NODE_NS" rule add fwmark 0x77 lookup 77
	attach_way kernel
}

way_kernel_down() {
	xdpmirror_down
	ip -n "$NODE_NS" rule del fwmark 0x77 lookup 77
	ip -n "$NODE_NS" route del "$COLLECTOR/32" table 77
	node sysctl -qw net.ipv4.ip_forward=0 net.ipv4.fwmark_reflect=0
}
