# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Captures of real exporters behind the kernel's own mirror: softflowd and pmacctd; VXLAN over IPv4 and
# IPv6; tags outside and inside; datagrams that the exporter, or the way to us, has fragmented. Nothing
# takes the mirror apart here, so the node answers with ICMP, and that is in them, too. Sourced, after
# suite.sh; capture_file NAME says where a capture lies.

# shellcheck disable=SC2034  # for the scripts that source this
CAPTURES_NEED="tcpdump softflowd softflowctl pmacctd ping ethtool jq tc"

CAPTURES_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SCENE_FLOWS=60 # in each exporter's network, at least: several datagrams of records
SCENE_WAIT=30

# Links that carry a mirrored frame of 1500 bytes whole, and two mirrors.
scene_lab() {
    lab_up 3
    scene_fabric_mtu 1600
    mirror_up vx4 vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
    mirror_up vx6 vpc 4343 "$LAB_FABRIC6" "$LAB_NODE6"
    ip -n vpc link set vx4 mtu 1530
    ip -n vpc link set vx6 mtu 1530
}

scene_fabric_mtu() {
    ip -n vpc link set fabric mtu "$1"
    ip -n node link set ingress mtu "$1"
}

# scene_mirror VXLAN DEVICE...: what comes in by these devices of the vpc is copied to that mirror only.
scene_mirror() {
    local device vxlan=$1
    shift
    for device in "$@"; do
        tc -n vpc qdisc delete dev "$device" clsact 2>/dev/null || :
        mirror_session "$device" "$vxlan" all
    done
}

# scene_until NAME COUNT FILTER...: as soon as the capture has so many of these.
scene_until() {
    wait_until "$SCENE_WAIT" scene_reached "$@" || die "the capture '$1' does not get $2 of: ${*:3}"
}
scene_reached() { (($(capture_count "$1" "${@:3}") >= $2)); }

# scene_export NUMBER VERSION HOST:PORT: all flows of the exporter's network, in records.
scene_export() {
    exporter_start "$1" "$2" "$3"
    wait_until "$SCENE_WAIT" scene_has_seen "$1" || die "softflowd of exporter$1 sees no flows"
    exporter_finish "$1"
    wait_until "$SCENE_WAIT" scene_has_sent "$1" || die "softflowd of exporter$1 sends no records"
    exporter_ask "$1" exit >/dev/null
    wait_until "$SCENE_WAIT" test ! -S "$(exporter_socket "$1")" || die "softflowd does not end"
}

# libpcap hands packets over by the block, so there is more traffic until some are seen.
scene_has_seen() {
    exporter_traffic "$1" "$SCENE_FLOWS"
    (($(exporter_figure "$1" 's/^Packets processed: \([0-9]*\).*/\1/p') >= SCENE_FLOWS))
}
scene_has_sent() { (($(exporter_records "$1") >= SCENE_FLOWS)); }

# NetFlow v9, IPFIX and NetFlow v5 by three exporters, to IPv4 and to IPv6.
scene_export_all() {
    local office
    for office in "$LAB_OFFICE4" "[$LAB_OFFICE6]"; do
        scene_export 1 9 "$office:31756"
        scene_export 2 10 "$office:4739"
        scene_export 3 5 "$office:31756"
    done
}

# scene_probe CAPTURE FILTER PLUGIN LINE...: pmacctd's probe on exporter1 until the capture has five.
scene_probe() {
    local capture=$1 filter=$2 plugin=$3 pid
    shift 3
    printf '%s\n' 'daemonize: false' 'pcap_interface: lan' "plugins: $plugin" "$@" \
        >"$SANDBOX_FILES/$plugin.conf"
    spawn exporter1 pmacctd -f "$SANDBOX_FILES/$plugin.conf" >"$SANDBOX_FILES/$plugin.log" 2>&1
    pid=$spawned
    wait_until "$SCENE_WAIT" scene_probes "$capture" "$filter" || die "$plugin sends nothing"
    finish "$pid"
}
scene_probes() {
    exporter_traffic 1 "$SCENE_FLOWS"
    scene_reached "$1" 5 "$2"
}

# sFlow (pmacct's probe knows no IPv6 receiver), and NetFlow v9 by the same program. $1 is a capture on the
# exporter's own uplink.
scene_probe_all() {
    scene_probe "$1" "udp port 6343" sfprobe "sfprobe_receiver: $LAB_OFFICE4:6343" \
        "sfprobe_agentip: $(lab_exporter4 1)" 'sampling_rate: 1'
    local family office
    for family in ip ip6; do
        office=$LAB_OFFICE4
        [[ $family == ip ]] || office="[$LAB_OFFICE6]"
        scene_probe "$1" "$family and udp port 2100" nfprobe "nfprobe_receiver: $office:2100" \
            'nfprobe_version: 9' 'nfprobe_timeouts: udp=1:general=1:maxlife=1:expint=1' \
            'aggregate: src_host, dst_host, src_port, dst_port, proto'
    done
}

# ---- the scenes; each leaves captures of its name ----

# captures_make: all of them, one after the other.
captures_make() {
    scene_lab
    scene_vxlan4
    scene_vxlan6
    scene_tagged
    scene_inner_tags
    scene_strays
    scene_outer_fragments
    scene_fragments
}

# Everything over IPv4: as it comes to the node, on all of the node's devices in both cooked formats,
# and as it was before anybody mirrored it.
# A ring of whole packets has room for few, so those of `any` are asked for 4000 bytes each.
scene_vxlan4() {
    local name names=(vxlan4 sll sll2 plain)
    scene_mirror vx4 eni1 eni2 eni3
    capture_start vxlan4 node ingress
    capture_start sll node any -s 4000 -y LINUX_SLL
    capture_start sll2 node any -s 4000 -y LINUX_SLL2
    capture_start plain vpc eni1
    scene_export_all
    scene_probe_all plain
    scene_until vxlan4 5 "udp port 4789"
    for name in "${names[@]}"; do capture_stop "$name"; done
}

scene_vxlan6() {
    scene_mirror vx6 eni1 eni2 eni3
    capture_start vxlan6 node ingress
    scene_export_all
    scene_until vxlan6 30 "ip6 and udp port 4789"
    capture_stop vxlan6
}

# The way to us has a tag, then two.
scene_tagged() {
    scene_tagger tagged fabric 7
    ip -n vpc address add 10.0.7.1/24 dev tagged
    ip -n vpc neighbour add 10.0.7.2 lladdr "$(lab_mac node ingress)" dev tagged
    mirror_up vx-tag vpc 4444 10.0.7.1 10.0.7.2
    scene_tagger twice fabric 7 8
    ip -n vpc address add fd00:10:8::1/64 dev twice nodad
    ip -n vpc neighbour add fd00:10:8::2 lladdr "$(lab_mac node ingress)" dev twice
    mirror_up vx-tags vpc 4545 fd00:10:8::1 fd00:10:8::2
    scene_mirror vx-tag eni1
    scene_mirror vx-tags eni2 eni3
    capture_start tagged node ingress
    scene_export_all
    scene_until tagged 10 "vlan 7 and ip and udp port 4789"
    scene_until tagged 20 "vlan 7 and vlan 8 and ip6"
    capture_stop tagged
}

# The exporter's own link has a tag, so what is mirrored has it.
scene_inner_tags() {
    ip -n vpc link add name trunk type veth peer name trunk-far
    ip -n vpc link set trunk up
    ip -n vpc link set trunk-far up
    scene_tagger inner trunk-far 30
    scene_mirror vx4 trunk
    scene_mirror inner eni1 eni3
    capture_start inner-tags node ingress
    scene_export 1 9 "$LAB_OFFICE4:31756"
    scene_export 3 10 "[$LAB_OFFICE6]:4739"
    scene_until inner-tags 5 "udp port 4789 and ip[48:2] == 0x8100"
    capture_stop inner-tags
}

# scene_tagger NAME DEVICE VLAN...: a device of the vpc; what is sent by it leaves by DEVICE with tags.
scene_tagger() {
    local name=$1
    shift
    ip -n vpc link add name "$name" mtu 1600 type veth peer name "$name-far" mtu 1600
    on vpc ethtool -K "$name" tx off >/dev/null
    ip -n vpc link set "$name" up
    ip -n vpc link set "$name-far" up
    spawn vpc /usr/bin/python3 "$CAPTURES_HERE/tag.py" "$name-far" "$@" >"$SANDBOX_FILES/$name.tagger"
    wait_until 20 grep -q ready "$SANDBOX_FILES/$name.tagger" || die "tag.py does not start"
}

# Mirrored, and nothing for a collector: ARP, pings, refused connections, and those of strays.sh.
scene_strays() {
    local office
    scene_mirror vx4 eni1
    strays_up
    capture_start strays node ingress
    ip -n exporter1 neighbour flush dev uplink
    for office in "$LAB_OFFICE4" "$LAB_OFFICE6"; do
        on exporter1 ping -q -c 3 -i 0.2 "$office" >/dev/null
        on exporter1 ping -q -c 2 -i 0.2 -s 3000 "$office" >/dev/null
        strays_refused exporter1 "$office"
    done
    strays_send >"$SANDBOX_FILES/strays.reasons"
    scene_until strays 1 "udp port 4789 and ip[48:2] == 0x0806"
    scene_until strays 10 "udp port 4789"
    capture_stop strays
}

# The way to us is too small for the mirror's packets. The kernel fragments VXLAN over IPv4; over IPv6
# it drops, so there a socket sends what is too large.
scene_outer_fragments() {
    scene_fabric_mtu 1280
    scene_mirror vx4 eni1 eni2 eni3
    capture_start outer-fragments node ingress
    scene_export_all
    on vpc bash -c 'printf -v big "%02000d" 0; for port in 4789 4790; do echo "$big" >"/dev/udp/$1/$port"; done' \
        too-large "$LAB_NODE6"
    scene_until outer-fragments 10 "ip[6:2] & 0x1fff != 0"
    scene_until outer-fragments 4 "ip6 proto 44"
    capture_stop outer-fragments
    scene_fabric_mtu 1600
}

# The exporter's own link is too small for its records and samples: its fragments are mirrored.
scene_fragments() {
    scene_exporter_mtu 1 1280
    scene_exporter_mtu 3 1280
    scene_exporter_mtu 2 600
    scene_mirror vx4 eni1 eni2
    scene_mirror vx6 eni3
    capture_start fragments node ingress
    capture_start plain-fragments vpc eni2
    scene_export 1 9 "[$LAB_OFFICE6]:31756"
    scene_export 3 5 "[$LAB_OFFICE6]:31756"
    scene_export 3 5 "$LAB_OFFICE4:31756"
    scene_export 2 10 "$LAB_OFFICE4:4739"
    scene_probe fragments "udp port 4789 and ip[56:2] & 0x1fff != 0" sfprobe \
        "sfprobe_receiver: $LAB_OFFICE4:6343" "sfprobe_agentip: $(lab_exporter4 1)" 'sampling_rate: 1'
    scene_until plain-fragments 5 "ip[6:2] & 0x1fff != 0"
    scene_until fragments 5 "ip6 and udp port 4789"
    capture_stop fragments
    capture_stop plain-fragments
}

scene_exporter_mtu() {
    ip -n "exporter$1" link set uplink mtu "$2"
    ip -n vpc link set "eni$1" mtu "$2"
}
