# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Traffic that must not reach the collector: mirrored packets that xdpmirror has to drop, each for a
# known reason, and packets that are none of its business and must get through to the node itself.
# Only the kernel's own sockets and VXLAN devices, so that it runs anywhere. Sourced, after mirror.sh.

STRAYS_HOST4=172.16.0.11  # another address of the old site, without a collector

strays_up() {
    ip -n vpc address add "$STRAYS_HOST4/32" dev lo
    lab_route exporter1 "$STRAYS_HOST4/32" via 192.168.1.254 hoplimit 1
    strays_vxlan vpc vx-unknown 999 "$LAB_FABRIC4" 198.18.0.1/24
    lab_host stranger
    lab_link stranger eth0 10.66.0.1/24 fd00:66::1/64 vpc enistray 10.66.0.254/24 fd00:66::254/64
    lab_route stranger default via 10.66.0.254
    strays_vxlan stranger vx-stranger 4242 10.66.0.1 198.18.1.1/24
}

# A VXLAN device that a socket can send through.
strays_vxlan() {
    mirror_up "$2" "$1" "$3" "$4" "$LAB_NODE4"
    ip -n "$1" address add "$5" dev "$2"
}

strays_udp() { on "$1" bash -c "echo stray >/dev/udp/$2/$3"; }

# Each sends one mirrored packet and prints the reason it must be dropped for. A TCP connection is
# refused by the old site after one SYN.
strays_send() {
    strays_udp vpc 198.18.0.2 31756 && echo vni_unknown
    strays_udp stranger 198.18.1.2 31756 && echo sender_not_allowed
    strays_udp exporter1 "$LAB_OFFICE4" 514 && echo no_rule
    strays_udp exporter1 "$STRAYS_HOST4" 31756 && echo ttl_expired
    strays_refused exporter1 "$LAB_OFFICE4" && echo inner_not_udp
}

# True if the host's kernel answers a connection to its port 22, where nobody listens, itself.
strays_refused() {
    local answer
    answer=$(on "$1" timeout 3 bash -c "exec 3<>/dev/tcp/$2/22" 2>&1) || :
    [[ $answer == *'Connection refused'* ]]
}
