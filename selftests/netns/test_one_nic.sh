#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A node with one NIC: the egress is the ingress itself, packets leave by XDP_TX, and a real
# collector behind the same link has every record.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "softflowd nfcapd nfdump ethtool jq" -- "$@"

lab_up 1
mirror_up vx vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
mirror_sessions vx 1
ip -n node route del 100.76.0.0/16
lab_route node 100.76.0.0/16 via "$LAB_FABRIC4"
ip -n vpc address add 100.76.10.99/32 dev lo
collector_start fdi vpc 8081
occupy vpc fabric  # what goes back into a veth is noticed at once only by a far end with a program
attach_lab XM_EGRESS=ingress XM_COLLECTOR=100.76.10.99
expect "status names the path" equal tx \
    "$(xdpmirror status ingress --json | jq -r '.egress[0].path')"
exporter_start 1 9 "$LAB_OFFICE4:31756"
exporter_traffic 1 1000
exporter_finish 1
sent=$(exporter_records 1)
wait_until 20 books_received_is ingress "$(mirror_packets vpc vx)" || :
wait_until 20 collector_took vpc 4 "$(exporter_packets 1)" || :
collector_stop fdi
books=$(books_read ingress)
expect "the exporter sent records" test "$sent" -gt 0
expect "the collector has all $sent under the exporter's address" \
    equal "$(lab_exporter4 1) $sent" "$(collector_exporters fdi)"
expect "delivered what was exported" equal "$(exporter_packets 1)" "$(books_delivered "$books")"
assert_conservation ingress
suite_done
