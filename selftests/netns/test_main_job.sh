#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The main job with real programs at both ends: NetFlow v9 and IPFIX records that softflowd exports
# reach nfcapd behind the mirror, record for record, under each exporter's own address. Argument: 4
# (default) or 6, the address family outside and inside.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "softflowd nfcapd nfdump tcpdump ethtool jq ping" -- "$@"

FAMILY=${1:-4}
if [[ $FAMILY == 6 ]]; then
    OFFICE="[$LAB_OFFICE6]" COLLECTOR=$LAB_FDI6 FABRIC=$LAB_FABRIC6 NODE=$LAB_NODE6
else
    OFFICE=$LAB_OFFICE4 COLLECTOR=$LAB_FDI4 FABRIC=$LAB_FABRIC4 NODE=$LAB_NODE4
fi

export_flows() {
    local i round
    exporter_start 1 9 "$OFFICE:31756"
    exporter_start 2 10 "$OFFICE:4739"
    for round in 1 2 3; do
        for i in 1 2; do exporter_traffic "$i" 400; done
    done
    for i in 1 2; do exporter_finish "$i"; done
}

exporter_address() { "lab_exporter$FAMILY" "$1"; }

expect_records() {
    local i sent
    for i in 1 2; do
        sent=$(exporter_records "$i")
        expect "exporter$i sent records" test "$sent" -gt 0
        expect "the collector has all $sent records under $(exporter_address "$i")" \
            equal "$sent" "$(collector_records fdi "$(exporter_address "$i")")"
    done
    expect "and none under another address" equal 2 "$(collector_exporters fdi | wc -l)"
    expect "sequence gaps are those of the old collector" equal "$(collector_sequence_errors fdi)" \
        "$(($(collector_sequence_errors office-v9) + $(collector_sequence_errors office-ipfix)))"
}

expect_packets() {
    local books sent
    books=$(books_read ingress)
    sent=$(($(exporter_packets 1) + $(exporter_packets 2)))
    expect "received what was mirrored" equal $(($(mirror_packets vpc vx) - warmed)) "$(books_received "$books")"
    say_note "mirror: $(lab_count vpc vx tx_errors) errors; the old collectors' kernel took $(udp_figure vpc "$FAMILY" InDatagrams)"
    expect "delivered what was exported" equal "$sent" "$(books_delivered "$books")"
    expect "the collector's kernel took it" equal "$sent" "$(udp_figure fdi "$FAMILY" InDatagrams)"
    expect "without a wrong checksum" equal 0 "$(udp_figure fdi "$FAMILY" InCsumErrors)"
    expect "nothing was dropped: $(books_drops "$books")" equal 0 "$(books_dropped "$books")"
    assert_conservation ingress
}

lab_up 2
for i in 1 2; do # the first datagram, with the template in it, waits for no neighbour
    wait_until 20 on "exporter$i" ping -q -c 1 -W 1 "${OFFICE//[\[\]]/}" >/dev/null
done
# a full datagram must fit into the mirror's VXLAN over IPv6
ip -n vpc link set fabric mtu 1600
ip -n node link set ingress mtu 1600
mirror_up vx vpc 4242 "$FABRIC" "$NODE"
mirror_flows "$FAMILY" vx 2
collector_start office-v9 vpc 31756 "$FAMILY"
collector_start office-ipfix vpc 4739 "$FAMILY"
collector_start fdi fdi 8081 "$FAMILY"
wait_until 20 on vpc ping -q -c 1 -W 1 "$NODE" >/dev/null # the first copy is as good as any other
for i in 1 2; do wait_until 20 mirror_copies "$i" "${OFFICE//[\[\]]/}"; done
warmed=$(mirror_packets vpc vx)
attach_lab XM_COLLECTOR="$COLLECTOR"
export_flows
for host in fdi vpc; do
    wait_until 20 collector_took "$host" "$FAMILY" "$(($(exporter_packets 1) + $(exporter_packets 2)))" || :
done
for name in office-v9 office-ipfix fdi; do collector_stop "$name"; done
expect_records
expect_packets
suite_done
