#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A second real collector and the third protocol: sFlow, exported by pmacctd's probe, reaches sfacctd
# behind the mirror, which names the exporter by its own address.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "pmacctd sfacctd ethtool jq" -- "$@"

FILES=$SANDBOX_FILES

# Samples every packet of the router's own network.
start_probe() {
    cat >"$FILES/pmacctd.conf" <<CONF
daemonize: false
pcap_interface: lan
plugins: sfprobe
sfprobe_receiver: $LAB_OFFICE4:31756
sfprobe_agentip: 192.168.1.1
sampling_rate: 1
CONF
    spawn exporter1 pmacctd -f "$FILES/pmacctd.conf" >"$FILES/pmacctd.log" 2>&1
}

start_sfacctd() {
    cat >"$FILES/sfacctd.conf" <<CONF
daemonize: false
sfacctd_ip: $LAB_FDI4
sfacctd_port: 8081
plugins: print
aggregate: peer_src_ip, dst_host
print_refresh_time: 1
print_output: csv
print_output_file: $FILES/sfacctd.csv
print_output_file_append: true
CONF
    spawn fdi sfacctd -f "$FILES/sfacctd.conf" >"$FILES/sfacctd.log" 2>&1
    wait_until 20 collector_listens fdi 8081 || die "sfacctd does not bind its port"
}

# Traffic until the collector has written something: the probe says to nobody when it is ready.
traffic_until_seen() {
    exporter_traffic 1 50
    grep -q "$(lab_lan_host 1)" "$FILES/sfacctd.csv" 2>/dev/null
}

lab_up 1
mirror_up vx vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
mirror_sessions vx 1
attach_lab
start_sfacctd
start_probe
expect "sfacctd has samples of the router's network" wait_until 40 traffic_until_seen
expect "all from the exporter's own address" equal 192.168.1.1 \
    "$(awk -F, -v host="$(lab_lan_host 1)" '$2 == host || $1 == host { print }' "$FILES/sfacctd.csv" |
        grep -o '192\.168\.[0-9.]*' | sort -u)"
expect "without a wrong checksum" equal 0 "$(udp_figure fdi 4 InCsumErrors)"
assert_conservation ingress
suite_done
