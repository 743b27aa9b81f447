#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A second real collector and the third protocol: sFlow, exported by pmacctd's probe, reaches sfacctd
# behind the mirror, which names the exporter by its own address.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/nfacctd.sh"
source "$HERE/pmacctd.sh"
suite_enter "pmacctd sfacctd ethtool jq" -- "$@"

# Traffic until the collector has written something: the probe says to nobody when it is ready.
traffic_until_seen() {
    exporter_traffic 1 50
    (($(nfacctd_flows fdi 192.168.1.1) > 0))
}

lab_up 1
mirror_up vx vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
mirror_sessions vx 1
attach_lab
nfacctd_start fdi fdi 8081 "$LAB_FDI4" sfacctd
pmacctd_start 1 sflow "$LAB_OFFICE4:31756"
expect "sfacctd has samples of the router's network" wait_until 40 traffic_until_seen
expect "all from the exporter's own address" equal 192.168.1.1 \
    "$(jq -r --arg host "$(lab_lan_host 1)" 'select(.ip_dst == $host).peer_ip_src' "$(collector_dir fdi)/flows" | sort -u)"
expect "without a wrong checksum" equal 0 "$(udp_figure fdi 4 InCsumErrors)"
assert_conservation ingress
suite_done
