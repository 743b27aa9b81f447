#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The forwarder's role: real exporters send plain packets to the node's own address and to a virtual one;
# a real collector sees them under their own addresses; everything else is the node's own business.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "softflowd nfcapd nfdump ethtool jq ping python3" -- "$@"

write_profile() {
    cat >"$SANDBOX_FILES/forwarder.yaml" <<'YAML'
version: 1
sources:
  - {name: virtual, plain: {to: [10.0.0.2/32, 10.9.9.9/32]}, from: [192.168.0.0/16]}
  - {name: mirrors, vxlan: {vni: 4242}, from: [10.0.7.0/24]}
rules:
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: tunnel}
egress:
  tunnel: {interface: egress0}
YAML
}

# exporters_deliver ADDRESS...: exporter i sends to the i-th address.
exporters_deliver() {
    local i sent=0 packets=0
    collector_start fdi fdi 8081
    for ((i = 1; i <= $#; i++)); do
        exporter_start "$i" 9 "${!i}:31756"
        exporter_traffic "$i" 300
        exporter_finish "$i"
        sent=$((sent + $(exporter_records "$i")))
        packets=$((packets + $(exporter_packets "$i")))
    done
    wait_until 20 books_delivered_is ingress "$packets" || :
    wait_until 20 collector_took fdi 4 "$packets" || :
    collector_stop fdi
    expect "the collector has all $sent records" equal "$sent" "$(collector_records fdi)"
    for ((i = 1; i <= $#; i++)); do
        expect "exporter $i is known by its own address" \
            equal "$(exporter_records "$i")" "$(collector_records fdi "$(lab_exporter4 "$i")")"
    done
    expect "each of the $packets packets was claimed and delivered" \
        equal "$packets" "$(books_received "$(books_read ingress)")"
}

lab_up 2
write_profile
lab_route vpc 10.9.9.9/32 via "$LAB_NODE4"
xdpmirror attach ingress --profile "$SANDBOX_FILES/forwarder.yaml" >/dev/null
exporters_deliver "$LAB_NODE4" 10.9.9.9
expect "ping still works" on vpc ping -q -c 3 -i 0.2 -W 2 "$LAB_NODE4"
expect "a refused TCP connection is refused by the node itself" strays_refused vpc "$LAB_NODE4"
assert_conservation ingress

# tags come with the frame, on plain packets and on mirrors
receiver_start fdi 8081 2
TAGS="Dot1AD(vlan=7)/Dot1Q(vlan=30)"
send vpc fabric \
    "Ether(dst=NODE)/$TAGS/IP(src='192.168.1.1', dst='10.9.9.9')/UDP(dport=31756)/($(proving 1 600))" \
    "Ether(dst=NODE)/$TAGS/IP(src='10.0.7.1', dst='10.0.0.2')/UDP(dport=4789)/VXLAN(vni=4242, flags=8)/Ether(**FOREIGN)/$TAGS/IP(src='192.168.1.1', dst='172.16.0.10')/UDP(dport=31756)/($(proving 2 600))"
expect "a plain packet and a mirror in two tags each" wait_until 20 received_whole 192.168.1.1 2 600
receiver_stop
assert_conservation ingress
suite_done
