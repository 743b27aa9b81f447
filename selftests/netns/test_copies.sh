#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A rule that sends to several pools: every copy has its own address, port and way out (a redirect's device, a
# device without Ethernet, a device whose neighbours the kernel finds, policy routing), each is delivered or
# dropped for itself, and the books know every one. Counted where they arrive; tshark judges them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/tunnel.sh"
suite_enter "ethtool jq python3 tcpdump tshark ping" -- "$@"

COUNT=40
PROFILE=$SANDBOX_FILES/copies.yaml
A=100.76.10.11 B=100.76.10.12 C=100.76.10.13 D=100.76.10.14
A6=$LAB_FDI6 B6=fd00:100:76::12

# profile [FIELDS-OF-ARCHIVE-EGRESS]
profile() {
    cat >"$PROFILE" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24, "fd00:10::/64"]}
rules:
  - {name: flows6, match: {from: "fd00:192:168::/48", port: 31756},
     send: [{to: fdi6, port: 8081}, {to: archive6, port: 2055}]}
  - {name: flows, match: {port: 31756},
     send: [{to: fdi, port: 8081}, {to: archive, port: 2055}, {to: kept}, {to: routed, port: 9999}]}
  - {name: all, match: {protocol: any, to: 172.16.0.11/32}, send: [{to: fdi}, {to: archive}]}
  - {name: all6, match: {protocol: any, from: "fd00:192:168::/48"}, send: [{to: fdi6}, {to: archive6}]}
  - {name: mixed, match: {port: 4739}, send: [{to: fdi6}, {to: archive, port: 4739}]}
  - {name: alone, match: {port: 2055}, send: {to: archive}}
pools:
  fdi: {collectors: [{address: $A}], via: lan}
  fdi6: {collectors: [{address: "$A6"}], via: lan}
  archive: {collectors: [{address: $B}], via: tunnel}
  archive6: {collectors: [{address: "$B6"}], via: tunnel}
  kept: {collectors: [{address: $C}], via: bridge}
  routed: {collectors: [{address: $D}], via: policy}
egress:
  lan: {interface: egress0}
  tunnel: {interface: tun0${1:-}}
  bridge: {interface: mv0}
  policy: {interface: egress0, path: kernel, mark: 0x77}
YAML
}

# The lab, with every kind of way out.
build() {
    lab_up 0
    for address in $B $C $D; do ip -n fdi address add "$address"/32 dev eth0; done
    ip -n fdi address add $B6/128 dev eth0 nodad
    tun_up
    ip -n node link add mv0 link egress0 type macvlan mode bridge
    on node ethtool -K mv0 tx off >/dev/null
    ip -n node link set mv0 up
    ip -n node address add 10.1.0.9/24 dev mv0
    ip -n node route add $C via 10.1.0.2 dev mv0
    ip -n node rule add fwmark 0x77 table 77
    ip -n node route add $D via 10.1.0.2 table 77
    for family in ipv4 ipv6; do on node bash -c "echo 1 >/proc/sys/net/$family/fwmark_reflect"; done
}

# captured COUNT-ON-ETH COUNT-ON-TUN COMMAND...: what comes to the collectors' host while it runs.
captured() {
    local lan=$1 tun=$2
    shift 2
    capture_start lan fdi eth0 -Q in "ip or ip6 proto 17 or ip6 proto 6 or ip6 proto 44 or ip6 proto 60"
    capture_start tun fdi tun9
    "$@"
    wait_until 20 capture_reached lan "$lan" || :
    wait_until 20 capture_reached tun "$tun" || :
    capture_stop lan
    capture_stop tun
}
# seen CAPTURE DISPLAY-FILTER
seen() {
    tshark -r "$(capture_file "$1")" -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -Y "$2" -T fields -e frame.number 2>/dev/null | wc -l
}
BAD="ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0 || sctp.checksum.status == 0 || icmpv6.checksum.status == 0"

flows() {
    send vpc fabric "[mirrored(IP(src='192.168.1.1', dst='172.16.0.10', ttl=64, tos=0xb8, id=n)/UDP(sport=1000+n, dport=31756)/(b'flow %02d' % n))
        for n in range($COUNT)]"
}
flows6() {
    send vpc fabric "[mirrored(IPv6(src='fd00:192:168:1::1', dst='fd00:172:16::10', hlim=64)/UDP(sport=1000+n, dport=31756)/(b'flow %02d' % n))
        for n in range($COUNT)]"
}

everywhere() {
    local books
    captured $((3 * COUNT)) $COUNT flows
    expect "redirect: its copies, one hop for us and one behind" equal $COUNT "$(seen lan "ip.dst == $A && udp.dstport == 8081 && ip.ttl == 62")"
    expect "without Ethernet: its copies" equal $COUNT "$(seen tun "ip.dst == $B && udp.dstport == 2055 && ip.ttl == 63")"
    expect "by the kernel's neighbour: its copies, with the port as it came" equal $COUNT "$(seen lan "ip.dst == $C && udp.dstport == 31756 && ip.ttl == 62")"
    expect "by policy routing: its copies" equal $COUNT "$(seen lan "ip.dst == $D && udp.dstport == 9999 && ip.ttl == 62")"
    expect "all from the exporter, with its DSCP" equal "$((3 * COUNT)) $COUNT" \
        "$(seen lan 'ip.src == 192.168.1.1 && ip.dsfield.dscp == 46') $(seen tun 'ip.src == 192.168.1.1 && ip.dsfield.dscp == 46')"
    expect "each datagram once for each" equal "$COUNT $COUNT" \
        "$(distinct lan "$A") $(distinct tun "$B")"
    expect "no bad checksum" equal "0 0" "$(seen lan "$BAD") $(seen tun "$BAD")"
    books=$(books_read ingress)
    expect "the books: $COUNT received, three copied for each, all delivered" equal "$COUNT $((3 * COUNT)) $((4 * COUNT))" \
        "$(books_received "$books") $(books_copied "$books") $(books_delivered "$books")"
    expect "by collector" equal "$COUNT $COUNT $COUNT $COUNT" "$(of_collector $A) $(of_collector $B) $(of_collector $C) $(of_collector $D)"
    assert_conservation ingress
    captured $COUNT $COUNT flows6
    expect "IPv6: both have theirs" equal "$COUNT $COUNT" \
        "$(seen lan "ipv6.dst == $A6 && udp.dstport == 8081 && ipv6.hlim == 62") $(seen tun "ipv6.dst == $B6 && udp.dstport == 2055 && ipv6.hlim == 63")"
    expect "IPv6: no bad checksum" equal "0 0" "$(seen lan "$BAD") $(seen tun "$BAD")"
    assert_conservation ingress
}
distinct() { tshark -r "$(capture_file "$1")" -Y "ip.dst == $2" -T fields -e udp.payload 2>/dev/null | sort -u | wc -l; }
of_collector() { xdpmirror pools ingress --json | jq -r --arg of "$1" '[.pools[].collectors[] | select(.address == $of).packets] | add'; }

# Whatever is not usual: no checksum, fragments, other protocols, options, extension headers.
odd_ones() {
    local kind
    captured 9 9 send vpc fabric \
        "mirrored(IP(src='192.168.1.1', dst='172.16.0.11')/UDP(sport=1, dport=2, chksum=0)/b'no sum')" \
        "[mirrored(f) for f in fragment(IP(src='192.168.1.1', dst='172.16.0.11', id=77)/UDP(sport=3, dport=4)/bytes(1200), 800)]" \
        "mirrored(IP(src='192.168.1.1', dst='172.16.0.11')/TCP(sport=5, dport=6, flags='S'))" \
        "mirrored(IP(src='192.168.1.1', dst='172.16.0.11')/SCTP(sport=7, dport=8)/b'1234')" \
        "mirrored(IP(src='192.168.1.1', dst='172.16.0.11')/ICMP())" \
        "mirrored(IP(src='192.168.1.1', dst='172.16.0.11', options=[IPOption(b'\\x01\\x01\\x01\\x00')])/UDP(sport=9, dport=10)/b'options')" \
        "mirrored(IPv6(src='fd00:192:168:1::1', dst='fd00:172:16::10')/IPv6ExtHdrDestOpt()/UDP(sport=11, dport=12)/b'extension')" \
        "mirrored(IPv6(src='fd00:192:168:1::1', dst='fd00:172:16::10')/TCP(sport=13, dport=14, flags='S'))"
    for kind in 'udp.srcport == 1 && udp.checksum == 0' 'ip.flags.mf == 1' 'ip.frag_offset > 0' 'tcp.srcport == 5' 'sctp.srcport == 7' \
        'icmp.type == 8' 'udp.srcport == 9 && ip.hdr_len == 24' 'udp.srcport == 11 && ipv6.dstopts' 'tcp.srcport == 13'; do
        expect "both have: $kind" equal "1 1" "$(seen lan "$kind") $(seen tun "$kind")"
    done
    expect "no bad checksum" equal "0 0" "$(seen lan "$BAD") $(seen tun "$BAD")"
    assert_conservation ingress
}

# One copy's fate is not another's.
each_for_itself() {
    captured $COUNT 0 send vpc fabric "[mirrored(IP(src='192.168.1.1', dst='172.16.0.10', ttl=1)/UDP(sport=1, dport=31756)/b'x')] * $COUNT" \
        "[mirrored(IP(src='192.168.1.1', dst='$A')/UDP(sport=1, dport=8081)/b'x')] * $COUNT" \
        "[mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/UDP(sport=1, dport=31756)/bytes(1400))] * $COUNT" \
        "[mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/UDP(sport=1, dport=4739)/b'x')] * $COUNT"
    expect "TTL: dropped before it is copied" wait_until 20 reason_is ttl_expired $COUNT
    expect "too large for the tunnel: dropped there" reason_is egress_oversize $COUNT
    expect "and delivered elsewhere" equal "$COUNT 0" "$(seen lan "ip.dst == $A && ip.len > 1400") $(seen tun 'ip.len > 1400')"
    expect "a collector of the other family: dropped there" reason_is family_mismatch $COUNT
    expect "and delivered elsewhere" equal $COUNT "$(seen tun "ip.dst == $B && udp.dstport == 4739")"
    assert_conservation ingress
    captured $((2 * COUNT)) $COUNT send vpc fabric "[mirrored(IP(src='192.168.1.1', dst='$C')/UDP(sport=1, dport=31756)/b'x')] * $COUNT"
    expect "our own output for one of them: dropped there" reason_is loop $COUNT
    expect "and delivered elsewhere" equal "$COUNT 0 $COUNT" "$(seen lan "ip.dst == $A") $(seen lan "ip.dst == $C") $(seen tun "ip.dst == $B")"
    assert_conservation ingress
}
reason_is() { (($(books_drop "$(books_read ingress)" "$1") == $2)); }

a_way_goes_down() {
    ip -n node link set tun0 down
    captured $((3 * COUNT)) 0 flows
    expect "tunnel down: counted as egress_rejected" wait_until 20 reason_is egress_rejected $COUNT
    expect "and delivered elsewhere" equal $COUNT "$(seen lan "ip.dst == $A")"
    assert_conservation ingress
    finish "$pipe"
    captured_lan $((3 * COUNT))
    expect "tunnel gone: counted as egress_missing" wait_until 20 reason_is egress_missing $COUNT
    expect "and delivered elsewhere" equal $COUNT "$(seen lan "ip.dst == $A")"
    assert_conservation ingress
}
# there is no tun9 to look at any more
captured_lan() {
    capture_start lan fdi eth0 -Q in "ip or ip6"
    flows
    wait_until 20 capture_reached lan "$1" || :
    capture_stop lan
}

# An Ethernet device says itself that it refuses.
the_lan_goes_down() {
    local before
    before=$(books_drop "$(books_read ingress)" egress_rejected)
    ip -n node link set egress0 down
    flows6
    expect "egress down: counted as egress_rejected" wait_until 20 reason_is egress_rejected $((before + COUNT))
    assert_conservation ingress
}

# Somebody flushes tc: the packets die unseen by others, each counted once.
the_program_goes() {
    local before
    before=$(books_drop "$(books_read ingress)" egress_rejected)
    capture_start words vpc fabric -Q in "dst net 192.168.0.0/16"
    tc -n node filter del dev ingress ingress
    flows
    expect "no tc program: counted as egress_rejected, once each" wait_until 20 reason_is egress_rejected $((before + COUNT))
    on vpc ping -q -c 1 -W 5 "$LAB_NODE4" >/dev/null
    capture_stop words
    expect "no tc program: not a word to the mirrored hosts" equal 0 "$(capture_count words)"
    assert_conservation ingress
}

# What explain says of a packet is what the data plane does.
explained() {
    /usr/bin/python3 -c "import logging; logging.getLogger('scapy.runtime').setLevel(logging.ERROR)
from scapy.all import *
wrpcap('$SANDBOX_FILES/in.pcap', [Ether()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=50000, dport=4789, chksum=0)/VXLAN(vni=4242, flags=8)/
    Ether()/IP(src='192.168.1.1', dst='172.16.0.10', ttl=ttl)/UDP(sport=1, dport=31756)/b'x' for ttl in (64, 1)])"
    node "$XDPMIRROR" explain --profile "$PROFILE" --pcap "$SANDBOX_FILES/in.pcap" --out "$SANDBOX_FILES/out.pcap" >"$SANDBOX_FILES/explained" 2>/dev/null
    expect "explain: the first, and three copies" equal "1 3" \
        "$(grep -c '^packet 1: .* forward$' "$SANDBOX_FILES/explained") $(grep -c '^  copy [234]: forward$' "$SANDBOX_FILES/explained")"
    expect "explain: what is dropped before is not copied" equal 1 "$(grep -c ttl_expired: "$SANDBOX_FILES/explained")"
    expect "explain: the frames that would leave" equal "$A:8081 $B:2055 $C:31756 $D:9999" \
        "$(tshark -r "$SANDBOX_FILES/out.pcap" -T fields -e ip.dst -e udp.dstport 2>/dev/null | tr '\t\n' ': ' | xargs)"
    node "$XDPMIRROR" explain --profile "$PROFILE" --pcap "$SANDBOX_FILES/in.pcap" --json >"$SANDBOX_FILES/explained" 2>/dev/null
    expect "explain --json" equal "$A $B $C $D" "$(jq -r '.[0] | [.collector, .copies[].collector] | join(" ")' "$SANDBOX_FILES/explained")"
}

shown() {
    expect "rules tells all sends" grep -qE "^flows  .*fdi, archive, kept, routed +8081, 2055, -, 9999" <(xdpmirror rules ingress)
    expect "status tells what was copied" grep -qE "^ +copied +[1-9]" <(xdpmirror status ingress)
    expect "xm_copies is pinned, with names" grep -q udp_port <(on node bpftool map dump pinned /sys/fs/bpf/xdpmirror/ingress/xm_copies)
}

bad_input() {
    local send
    while IFS='|' read -r send why; do
        profile
        sed -i "s/^     send: .{to: fdi, port.*/     send: $send}/" "$PROFILE"
        refused 2 "$why" xdpmirror attach ingress --profile "$PROFILE"
    done <<'CASES'
[]|rules.1..send is empty; give at least one entry
[{to: fdi, port: 8081}, {to: fdi, port: 8081}]|rules.1..send.1. would send every packet to 100.76.10.11 a second time, as rules.1..send.0. does already
[{to: fdi}, {to: fdj}]|no pool 'fdj' for rules.1..send.1..to; did you mean 'fdi'
[{to: fdi}, {port: 5}]|key 'to' is missing in rules.1..send.1.
CASES
}

build
bad_input
profile ", mtu: 1300"
expect "attaches" xdpmirror attach ingress --profile "$PROFILE"
everywhere
odd_ones
each_for_itself
explained
shown
a_way_goes_down
the_lan_goes_down
the_program_goes
expect "detaches" xdpmirror detach ingress
expect "nothing is left" nothing_left
suite_done
