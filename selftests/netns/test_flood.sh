#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Hostile senders: floods of new fragments, exporters, VNIs and outer senders while a legitimate exporter
# sends datagrams in fragments. Every table stays as large as it is, every packet is in the books, and
# the legitimate flow arrives.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 bpftool" -- "$@"

COUNT=150 FLOOD=100000

# Entries in each table of fragments.
fragments_held() {
    local part
    for part in {0..7}; do
        node bpftool -j map dump pinned "/sys/fs/bpf/xdpmirror/ingress/xm_fragments$part" | jq length
    done | tr '\n' ' '
}

fragments_bounded() {
    local held
    for held in $(fragments_held); do ((held <= 8192)) || return 1; done
}

# What the flood gets through goes elsewhere, so that the receiver's own tables are not what is tested.
write_profile() {
    cat >"$SANDBOX_FILES/two.yaml" <<'YAML'
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24]}
rules:
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
  - {name: flooded, match: {port: 4739}, send: {to: elsewhere}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: tunnel}
  elsewhere: {collectors: [{address: 10.1.0.2}], via: tunnel}
egress:
  tunnel: {interface: egress0}
YAML
}

# flooded KIND HOSTILE [REASON]: the legitimate flow in the middle of a flood, whose packets go where they
# must.
flooded() {
    local kind=$1 flood books whole
    xdpmirror attach ingress --profile "$SANDBOX_FILES/two.yaml" >/dev/null
    receiver_start fdi 8081 $COUNT
    NODE_MAC=$(lab_mac node ingress) HOSTILE=$2 \
        spawn vpc /usr/bin/python3 "$HERE/flood.py" fabric "$kind" $FLOOD
    flood=$spawned
    wait_until 20 flood_has_begun || die "the flood does not begin"
    datagrams_send exporter1 "$LAB_OFFICE4" 31756 3000 $COUNT
    wait_until 10 received_whole "$(lab_exporter4 1)" $COUNT 3000 || :
    whole=$(awk '$3 == 3000 && $4 == "ok" { print $2 }' "$SANDBOX_FILES/received" | sort -u | wc -l)
    wait "$flood"
    receiver_stop
    wait_until 20 books_received_is ingress $((FLOOD + 3 * COUNT)) || :
    books=$(books_read ingress)
    expect "$kind from $2: the legitimate flow lost $((COUNT - whole)) of $COUNT datagrams in three fragments" \
        equal $COUNT "$whole"
    expect "$kind: every packet of the flood is in the books" \
        equal $((FLOOD + 3 * COUNT)) "$(books_received "$books")"
    [[ -z ${3:-} ]] || expect "$kind: dropped as $3" equal $FLOOD "$(books_drop "$books" "$3")"
    expect "$kind: no table of fragments is larger than it was made" fragments_bounded
    say_note "fragments remembered: $(fragments_held)"
    assert_conservation ingress
    xdpmirror detach ingress
}

flood_has_begun() { (($(books_received "$(books_read ingress)") > 100)); }

lab_up 1
ip -n exporter1 link set uplink mtu 1400
ip -n vpc link set eni1 mtu 1400
mirror_up vx vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
mirror_session eni1 vx ip
write_profile
# 10.0.0.66 has another part of the memory of fragments than the mirror, 10.0.0.1; 10.0.0.14 the same
flooded fragments 10.0.0.66
flooded fragments 10.0.0.14
flooded exporters 10.0.0.66
flooded vnis 10.0.0.66 vni_unknown
flooded strangers 10.0.0.66 sender_not_allowed
suite_done
