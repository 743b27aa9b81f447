#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Datagrams that their sender's kernel has fragmented, IPv4 and IPv6: mirrored fragment by fragment, and
# put together again by the receiver's kernel, which verifies the checksum of the whole.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 tcpdump" -- "$@"

COUNT=200

# The mirror's wrapping must fit: fragments that are fragmented again on the way are another matter.
small_uplinks() {
    ip -n exporter1 link set uplink mtu 1400
    ip -n vpc link set eni1 mtu 1400
}

# whole FAMILY FROM TO SIZE FRAGMENTS
whole() {
    local books before_csum after_csum
    before_csum=$(udp_figure fdi "$1" InCsumErrors)
    receiver_start fdi 8081 $COUNT
    datagrams_send exporter1 "$3" 31756 "$4" $COUNT
    expect "IPv$1: $COUNT datagrams of $4 bytes arrive whole and from their sender" \
        wait_until 20 received_whole "$2" $COUNT "$4"
    receiver_stop
    after_csum=$(udp_figure fdi "$1" InCsumErrors)
    expect "IPv$1: the receiver's kernel found no wrong checksum" equal "$before_csum" "$after_csum"
    books=$(books_read ingress)
    expect "IPv$1: each was $5 fragments" equal $((COUNT * $5)) "$(books_delivered "$books")"
    expect "IPv$1: $COUNT first fragments noted" equal $COUNT \
        "$(books_figure "$books" '.notes[] | select(.note == "fragment_first").packets')"
    expect "IPv$1: and all that follow" equal $((COUNT * ($5 - 1))) \
        "$(books_figure "$books" '.notes[] | select(.note == "fragment_later").packets')"
    assert_conservation ingress
    xdpmirror detach ingress
}

lab_up 1
small_uplinks
mirror_up vx vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
mirror_session eni1 vx ip
attach_lab
whole 4 "$(lab_exporter4 1)" "$LAB_OFFICE4" 6000 5
mirror_session eni1 vx ipv6
attach_lab XM_COLLECTOR="$LAB_FDI6"
whole 6 "$(lab_exporter6 1)" "$LAB_OFFICE6" 6000 5

# a later fragment alone
attach_lab
send vpc fabric "mirrored(IP(src='192.168.1.1', dst='172.16.0.10', id=1, frag=9, proto=17)/(b'x' * 64))"
wait_until 20 books_received_is ingress 1 || :
expect "a later fragment without its first has its own reason" equal 1 \
    "$(books_drop "$(books_read ingress)" fragment_no_first)"
suite_done
