#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Promise 1: what no source claims reaches the node's kernel byte for byte, and real connections to
# the node go on while xdpmirror is attached.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "tcpdump ethtool jq python3 ping" -- "$@"

# One frame each of what a mirror target's NIC sees besides mirrored packets.
NOT_OURS=(
    "Ether(dst=NODE)/IP(dst='10.0.0.2', src='10.0.0.1')/ICMP()/b'ping'"
    "Ether(dst=NODE)/IP(dst='10.0.0.2', src='10.0.0.1')/TCP(dport=22, flags='S')"
    "Ether(dst=NODE)/IP(dst='10.0.0.2', src='10.0.0.1')/TCP(dport=22, flags='PA')/b'SSH-2.0-x'"
    "Ether(dst=NODE)/IP(dst='10.0.0.2', src='10.0.0.1')/TCP(sport=4789, dport=4789, flags='S')"
    "Ether(dst='ff:ff:ff:ff:ff:ff')/ARP(psrc='10.0.0.1', pdst='10.0.0.9')"
    "Ether(dst='ff:ff:ff:ff:ff:ff')/IP(src='0.0.0.0', dst='255.255.255.255')/UDP(sport=68, dport=67)/BOOTP()/DHCP(options=[('message-type', 'discover'), 'end'])"
    "Ether(dst=NODE)/IP(dst='10.0.0.2', src='10.0.0.1')/UDP(sport=67, dport=68)/b'lease'"
    "Ether(dst=NODE)/IP(dst='10.0.0.2', src='10.0.0.1')/UDP(sport=4789, dport=4788)/b'next door'"
    "Ether(dst=NODE)/IP(dst='10.0.0.2', src='10.0.0.1')/UDP(sport=4789, dport=31756)/b'plain flow'"
    "mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/UDP(dport=31756), outer=IP(src='10.0.0.1', dst='10.0.0.3'))"
    "mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/UDP(dport=31756), outer=IPv6(src='fd00:10::1', dst='fd00:10::3'))"
    "[Ether(dst=NODE)/f for f in fragment(IP(src='10.0.0.1', dst='10.0.0.2', id=7)/UDP(dport=500)/(b'f' * 1200), 600)]"
    "Ether(dst=NODE)/IP(dst='10.0.0.2', src='10.0.0.1', proto=47)/b'gre or what'"
    "Ether(dst=NODE)/IP(dst='10.0.0.2', src='10.0.0.1', options=[IPOption_RR()])/UDP(dport=53)/b'options'"
    "Ether(dst='33:33:ff:00:00:02')/IPv6(src='fd00:10::1', dst='ff02::1:ff00:2')/ICMPv6ND_NS(tgt='fd00:10::2')"
    "Ether(dst=NODE)/IPv6(src='fd00:10::1', dst='fd00:10::2')/ICMPv6EchoRequest(data=b'ping')"
    "Ether(dst=NODE)/IPv6(src='fd00:10::1', dst='fd00:10::2')/UDP(dport=53)/b'question'"
    "Ether(dst=NODE)/IPv6(src='fd00:10::1', dst='fd00:10::2')/IPv6ExtHdrFragment(m=1, id=9)/UDP(dport=500)/(b'f' * 64)"
    "Ether(dst='01:80:c2:00:00:0e', type=0x88cc)/(b'\\x02\\x07\\x04lldp' + bytes(40))"
    "Dot3(dst='01:80:c2:00:00:00')/LLC()/STP()"
    "Ether(dst=NODE, type=0x1234)/(b'nobody knows' + bytes(40))"
)

SENT=$((${#NOT_OURS[@]} + 1))  # one of them is two fragments

# The kernels' own multicast reports come when they like, also between the start of two captures.
OF_INTEREST='not ip6 proto 0'

# The same with questions for neighbours: they know each other for good.
introduce() {
    ip -n vpc neighbour replace "$LAB_NODE4" lladdr "$(lab_mac node ingress)" dev fabric
    ip -n vpc neighbour replace "$LAB_NODE6" lladdr "$(lab_mac node ingress)" dev fabric
    ip -n node neighbour replace "$LAB_FABRIC4" lladdr "$(lab_mac vpc fabric)" dev ingress
    ip -n node neighbour replace "$LAB_FABRIC6" lladdr "$(lab_mac vpc fabric)" dev ingress
}

# In the order of arrival, as hexadecimal bytes.
capture_frames() {
    tcpdump -n -t -xx -c "$SENT" -r "$(capture_file "$1")" 2>/dev/null | grep -P '^\t0x'
}

frames_pass_unchanged() {
    local before passed
    capture_start sent vpc fabric -Q out "$OF_INTEREST"
    capture_start got node ingress -Q in "$OF_INTEREST"
    before=$(books_passed "$(books_read ingress)")
    send vpc fabric "${NOT_OURS[@]}"
    wait_until 20 capture_reached sent "$SENT" || :
    wait_until 20 capture_reached got "$SENT" || :
    capture_stop sent
    capture_stop got
    passed=$(($(books_passed "$(books_read ingress)") - before))
    expect "$SENT frames were sent" test "$(capture_count sent)" -ge "$SENT"
    expect "the node's kernel got the same bytes in the same order" \
        cmp <(capture_frames sent) <(capture_frames got)
    expect "all of them are counted as passed" test "$passed" -ge "$SENT"
    expect "none of them is counted as ours" equal 0 "$(books_received "$(books_read ingress)")"
}

connections_work() {
    expect "ping over IPv4" on vpc ping -q -c 3 -i 0.2 -W 2 "$LAB_NODE4"
    expect "ping over IPv6" on vpc ping -q -c 3 -i 0.2 -W 2 "$LAB_NODE6"
    expect "a refused TCP connection is refused by the node itself" strays_refused vpc "$LAB_NODE4"
    expect "a megabyte over TCP arrives unchanged" tcp_transfer
}

tcp_transfer() {
    head -c 1000000 /dev/urandom >"$SANDBOX_FILES/megabyte"
    spawn node /usr/bin/python3 -c '
import shutil, socket, sys
server = socket.create_server(("10.0.0.2", 22))
shutil.copyfileobj(server.accept()[0].makefile("rb"), open(sys.argv[1], "wb"))' "$SANDBOX_FILES/copy"
    wait_until 20 node_listens 22 || return 1
    on vpc timeout 20 bash -c 'cat "$1" >/dev/tcp/10.0.0.2/22' transfer "$SANDBOX_FILES/megabyte"
    wait "$spawned"
    cmp "$SANDBOX_FILES/megabyte" "$SANDBOX_FILES/copy"
}

node_listens() { [[ -n $(node ss -Hltn "sport = :$1") ]]; }

lab_up 0
attach_lab
introduce
frames_pass_unchanged
connections_work
assert_conservation ingress
suite_done
