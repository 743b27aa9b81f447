#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Promise 4: a mirrored packet is a copy, its sender must never hear from us. Whatever is inside the
# tunnel, and although the node could answer, not one packet leaves towards the mirrored hosts.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "tcpdump ethtool jq python3 ping" -- "$@"

# Each would make an IP stack answer if it got there: addressed to the node itself where that makes
# the answer likelier, by its Ethernet address too.
PROVOKING=(
    "IP(src='192.168.1.1', dst='10.0.0.2')/TCP(dport=22, flags='S')"
    "IP(src='192.168.1.1', dst='172.16.0.10')/TCP(dport=22, flags='S')"
    "IP(src='192.168.1.1', dst='10.0.0.2')/TCP(dport=22, flags='A')"
    "IP(src='192.168.1.1', dst='10.0.0.2')/UDP(dport=9)/b'closed port'"
    "IP(src='192.168.1.1', dst='172.16.0.10')/UDP(dport=9)/b'no rule'"
    "IP(src='192.168.1.1', dst='10.0.0.2')/ICMP()/b'echo'"
    "IP(src='192.168.1.1', dst='172.16.0.10', ttl=1)/UDP(dport=31756)/b'last hop'"
    "IP(src='192.168.1.1', dst='172.16.0.10', ttl=0)/UDP(dport=31756)/b'no hop'"
    "IP(src='192.168.1.1', dst='10.0.0.2', proto=99)/b'unknown protocol'"
    "IP(src='192.168.1.1', dst='10.0.0.2', flags='MF')/UDP(dport=9)/(b'f' * 64)"
    "IP(src='192.168.1.1', dst='10.0.0.2', frag=9, proto=17)/(b'f' * 64)"
    "IP(src='192.168.1.1', dst='10.0.0.2', options=[IPOption_RR()])/UDP(dport=9)/b'options'"
    "IPv6(src='fd00:192:168:1::1', dst='fd00:10::2')/IPv6ExtHdrHopByHop(options=[HBHOptUnknown(otype=0xc0)])/UDP(dport=9)/b'answer me'"
    "IPv6(src='fd00:192:168:1::1', dst='fd00:10::2')/IPv6ExtHdrRouting(addresses=['fd00::9'])/UDP(dport=31756)/b'via'"
    "Ether(dst=NODE, src=FOREIGN['src'])/Dot1Q(vlan=7)/IP(src='192.168.1.1', dst='10.0.0.2')/TCP(dport=22, flags='S')"
    "IP(src='192.168.1.1', dst='172.16.0.10', len=900)/UDP(dport=31756, len=880)/b'cut'"
    "IP(src='192.168.1.1', dst='172.16.0.10', flags='DF')/UDP(dport=31756)/(b'x' * 1422)"
    "IP(src='192.168.1.1', dst='224.0.0.1')/b'\\x11\\x01\\xee\\xfe\\0\\0\\0\\0'"
    "Ether(dst=NODE, src=FOREIGN['src'])/IP(src='192.168.1.1', dst='10.0.0.2')/TCP(dport=22, flags='S')"
    "Ether(dst=NODE, src=FOREIGN['src'])/IP(src='192.168.1.1', dst='10.0.0.2')/ICMP()"
    "Ether(dst='ff:ff:ff:ff:ff:ff', src=FOREIGN['src'])/ARP(psrc='192.168.1.1', pdst='10.0.0.2')"
    "Ether(dst='ff:ff:ff:ff:ff:ff', src=FOREIGN['src'])/ARP(psrc='10.0.0.1', pdst='10.0.0.2')"
    "IPv6(src='fd00:192:168:1::1', dst='fd00:10::2')/ICMPv6EchoRequest()"
    "IPv6(src='fd00:192:168:1::1', dst='fd00:10::2')/TCP(dport=22, flags='S')"
    "IPv6(src='fd00:192:168:1::1', dst='fd00:10::2')/UDP(dport=9)/b'closed port'"
    "IPv6(src='fd00:192:168:1::1', dst='fd00:10::2', hlim=1)/UDP(dport=31756)/b'last hop'"
    "IPv6(src='fd00:192:168:1::1', dst='ff02::1:ff00:2')/ICMPv6ND_NS(tgt='fd00:10::2')"
    "IPv6(src='fd00:192:168:1::1', dst='fd00:10::2', nh=99)/b'unknown next header'"
    "Ether(dst=NODE, src=FOREIGN['src'], type=0x1234)/b'neither'"
)

# Taps see what the node's kernel sends; the far ends of the links also what XDP sends.
watch_start() {
    capture_start node-in node ingress -Q out
    capture_start node-out node egress0 -Q out
    capture_start far-in vpc fabric -Q in
    capture_start far-out tunnel inside -Q in
}

watch_stop() {
    local name
    for name in node-in node-out far-in far-out; do capture_stop "$name"; done
}

MIRRORED_HOSTS='dst net 192.168.0.0/16 or dst net 172.16.0.0/16 or dst net fd00:192:168::/48 or ether host 02:00:00:00:00:01 or ether host 02:00:00:00:00:02'

# words_to_mirrored: packets that the watch has seen from the node towards mirrored hosts.
words_to_mirrored() {
    local name words=0
    for name in node-in node-out far-in far-out; do
        words=$((words + $(capture_count "$name" "$MIRRORED_HOSTS")))
    done
    echo "$words"
}

# But for the neighbour discovery that the pings need.
ANSWERS='tcp or icmp or (icmp6 and ip6[40] != 135 and ip6[40] != 136)'

# The watch must be able to see an answer, or its silence says nothing.
watch_can_see() {
    watch_start
    send vpc fabric "Ether(dst=NODE)/IP(src='192.168.1.1', dst='10.0.0.2')/TCP(dport=22, flags='S')"
    wait_until 20 capture_reached far-in 1 || :
    watch_stop
    expect "an unmirrored SYN is answered, and the watch sees it" test "$(words_to_mirrored)" -gt 0
}

# What the kernel would have said for the mirrored ones, it says before this; seen on every capture.
last_words() {
    on vpc ping -q -c 1 -W 5 "$LAB_NODE4" >/dev/null
    on vpc ping -q -c 1 -W 5 "$LAB_NODE6" >/dev/null
    node ping -q -c 1 -W 5 10.1.0.2 >/dev/null
    expect "the watch has seen everything up to its end" wait_until 20 watched_to_the_end
}

watched_to_the_end() {
    (($(capture_count far-in "$ANSWERS") >= 2 && $(capture_count node-in "$ANSWERS") >= 2 &&
        $(capture_count far-out icmp) && $(capture_count node-out icmp)))
}

mirrored_are_silent() {
    local books packet expressions=()
    for packet in "${PROVOKING[@]}"; do expressions+=("mirrored($packet)"); done
    watch_start
    send vpc fabric "${expressions[@]}"
    expect "all ${#PROVOKING[@]} are ours" \
        wait_until 20 books_received_is ingress ${#PROVOKING[@]}
    last_words
    watch_stop
    books=$(books_read ingress)
    expect "not one word to the mirrored hosts" equal 0 "$(words_to_mirrored)"
    expect "the node has answered the two pings and nothing else" equal 2 "$(capture_count far-in "$ANSWERS")"
    expect "$1 were delivered" equal "$1" "$(books_delivered "$books")"
    expect "everything else was dropped for a reason: $(books_drops "$books" | tr '\n' ' ')" \
        equal $((${#PROVOKING[@]} - $1)) "$(books_dropped "$books")"
    assert_conservation ingress
}

# Everything on that might make the kernel see a mirrored packet, or that takes more of them: any
# protocol, cut packets, plain input beside, oversized packets fragmented by the kernel.
wide_profile() {
    cat >"$SANDBOX_FILES/wide.yaml" <<'YAML'
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24, "fd00:10::/64"], truncated: forward}
  - {name: balanced, geneve: {other: pass}, from: [10.0.0.77/32]}
  - {name: plain, plain: {to: 10.0.0.2/32}, from: [10.99.0.0/16]}
rules:
  - {name: flows6, match: {from: "fd00:192:168::/48", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {from: 192.168.0.0/16, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: tcp, match: {from: 192.168.0.0/16, protocol: tcp, port: 22}, send: {to: fdi}}
  - {name: icmp, match: {from: 192.168.0.0/16, protocol: icmp}, send: {to: fdi}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: tunnel}
  fdi6: {collectors: [{address: "fd00:100:76::11"}], via: tunnel}
egress:
  tunnel: {interface: egress0, oversize: fragment}
YAML
}

# A first fragment of our own port, which the kernel would put together and answer, and its rest.
FRAGMENTED_MIRROR="[Ether(dst=NODE)/f for f in fragment(IP(src='10.0.0.1', dst='10.0.0.2', id=7)/UDP(dport=4789)/(b'f' * 1200), 600)]"

fragmented_mirrors_are_silent() {
    capture_start answers vpc fabric -Q in icmp
    send vpc fabric "$FRAGMENTED_MIRROR"
    wait_until 20 reason_is outer_fragment 1 || :
    on vpc ping -q -c 1 -W 5 "$LAB_NODE4" >/dev/null
    wait_until 20 capture_reached answers 1 || :
    capture_stop answers
    expect "the kernel says nothing about mirrors in fragments but its answer to the ping" \
        equal 1 "$(capture_count answers)"
}

reason_is() { (($(books_drop "$(books_read ingress)" "$1") == $2)); }

lab_up 0
lab_route node 192.168.0.0/16 via "$LAB_FABRIC4"
lab_route node 172.16.0.0/16 via "$LAB_FABRIC4"
lab_route node fd00:192:168::/48 via "$LAB_FABRIC6"
ip -n node link set egress0 mtu 1400
attach_lab
watch_can_see
mirrored_are_silent 0
fragmented_mirrors_are_silent
xdpmirror detach ingress
wide_profile
xdpmirror attach ingress --profile "$SANDBOX_FILES/wide.yaml" >/dev/null
# four of TCP to port 22, one of them in a tag, two echo requests, a cut one, one too large
mirrored_are_silent 9
suite_done
