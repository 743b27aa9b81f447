# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The mirror: copies what the exporters send into VXLAN towards the node, as a cloud does. The copy
# has the original's Ethernet addresses, which are nobody's on the node's links; the original goes on
# its way untouched. Sourced, after lab.sh.

MIRROR_VNI=4242

# mirror_up NAME HOST VNI LOCAL REMOTE: a VXLAN device that never speaks by itself.
mirror_up() {
    local name=$1 host=$2 vni=$3 local=$4 remote=$5
    ip -n "$host" link add "$name" type vxlan id "$vni" dstport 4789 local "$local" \
        remote "$remote" nolearning
    on "$host" bash -c "echo 1 >/proc/sys/net/ipv6/conf/$name/disable_ipv6"
    on "$host" ethtool -K "$name" tx off >/dev/null 2>&1 || :
    ip -n "$host" link set "$name" arp off mtu 1450 up
}

# mirror_session DEVICE VXLAN [PROTOCOL]: every frame that comes in by DEVICE of the vpc is copied.
mirror_session() {
    tc -n vpc qdisc replace dev "$1" clsact
    tc -n vpc filter add dev "$1" ingress protocol "${3:-ip}" u32 match u32 0 0 \
        action mirred egress mirror dev "$2"
}

mirror_sessions() {
    local i
    for ((i = 1; i <= $2; i++)); do mirror_session "eni$i" "$1" "${3:-ip}"; done
}

# mirror_flows FAMILY VXLAN EXPORTERS: UDP only. Neighbour discovery would be mirrored too; a cloud copies neither
# that nor ARP.
mirror_flows() {
    local i protocol=ip
    [[ $1 == 4 ]] || protocol=ipv6
    for ((i = 1; i <= $3; i++)); do
        tc -n vpc qdisc replace dev "eni$i" clsact
        tc -n vpc filter add dev "eni$i" ingress protocol $protocol u32 match "${protocol/v6/6}" protocol 17 0xff \
            action mirred egress mirror dev "$2"
    done
}

# mirror_copies NUMBER ADDRESS: one datagram to nobody, and whether the mirror has copied it: the first copy may be
# lost.
mirror_copies() {
    local before
    before=$(mirror_packets vpc vx)
    on "exporter$1" bash -c "echo warm >/dev/udp/$2/514"
    (($(mirror_packets vpc vx) > before))
}

# mirror_packets HOST VXLAN: how many frames the device has sent.
mirror_packets() { lab_count "$1" "$2" tx_packets; }
