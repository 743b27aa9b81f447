#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# 9000-byte mirrors through native multi-buffer XDP: datagrams of 8,000 bytes arrive whole, with padding
# stripped wherever the buffers end.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3" -- "$@"

COUNT=100

for end in "exporter1 uplink" "vpc eni1" "vpc fabric" "node ingress" "node egress0" "tunnel inside" \
    "tunnel outside" "fdi eth0"; do
    jumbo+=("$end")
done
lab_up 1
for end in "${jumbo[@]}"; do ip -n "${end% *}" link set "${end#* }" mtu 9001; done
mirror_up vx vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
ip -n vpc link set vx mtu 8951
mirror_session eni1 vx ip
attach_lab
status=$(xdpmirror status ingress --json)
expect "attached natively, multi-buffer" equal "native true" "$(jq -r '"\(.mode) \(.frags)"' <<<"$status")"
receiver_start fdi 8081 $COUNT
datagrams_send exporter1 "$LAB_OFFICE4" 31756 8000 $COUNT
expect "$COUNT datagrams of 8000 bytes arrive whole" \
    wait_until 20 received_whole "$(lab_exporter4 1)" $COUNT 8000
receiver_stop
expect "in one frame each" equal $COUNT "$(books_received "$(books_read ingress)")"
assert_conservation ingress
xdpmirror detach ingress

mirror_session eni1 vx ipv6
attach_lab XM_COLLECTOR="$LAB_FDI6"
receiver_start fdi 8081 $COUNT
datagrams_send exporter1 "$LAB_OFFICE6" 31756 8000 $COUNT
expect "$COUNT datagrams over IPv6" wait_until 20 received_whole "$(lab_exporter6 1)" $COUNT 8000
receiver_stop
assert_conservation ingress
suite_done
