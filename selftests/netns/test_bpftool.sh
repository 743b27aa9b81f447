#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# An attachment explains itself to bpftool: programs and maps have names and BTF, everything is pinned
# where the documentation says, and a map dump shows named fields.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "bpftool ethtool jq python3" -- "$@"

PINS=/sys/fs/bpf/xdpmirror/ingress
MAPS=(xm_totals xm_drops xm_passes xm_notes xm_source_book xm_rule_book xm_coll_book xm_vnis
    xm_senders xm_sources xm_exporters xm_rules4 xm_rules6 xm_port_class xm_pools xm_slots xm_collectors
    xm_next_hops xm_egress xm_fragments xm_fragments{0..7} xm_templates xm_templates{0..7} xm_scratch xm_meta xm_profile xm_secret xm_watched)

pinned() { node bpftool -j "$1" show pinned "$PINS/$2"; }
dump() { node bpftool -j map dump pinned "$PINS/$1"; }

programs() {
    local program
    program=$(pinned prog program)
    expect "the program is xdpmirror" equal xdpmirror "$(jq -r .name <<<"$program")"
    expect "it is of type xdp" equal xdp "$(jq -r .type <<<"$program")"
    expect "it has BTF" test "$(jq -r '.btf_id // 0' <<<"$program")" -gt 0
    expect "it has a tag" test -n "$(jq -r .tag <<<"$program")"
    expect "status names the same program" equal "$(jq .id <<<"$program")" \
        "$(xdpmirror status ingress --json | jq .program.id)"
    expect "the kernel runs that program on the interface" equal "$(jq .id <<<"$program")" \
        "$(ip -n node -j -d link show ingress | jq '.[0].xdp.prog.id // .[0].xdp.attached[0].prog.id')"
    expect "the link is pinned" test "$(jq -r .type <<<"$(pinned link link)")" = xdp
}

maps() {
    local name
    for name in "${MAPS[@]}"; do
        expect "$name is pinned under its name" equal "$name" "$(pinned map "$name" | jq -r .name)"
        # libbpf gives the kernel no BTF for a devmap and a map of maps, whose values are not ours; xm_watched is
        # there also where the kernel loads no program that would bring its BTF
        [[ $name == xm_egress || $name == xm_watched || $name == xm_fragments || $name == xm_templates* ]] ||
            expect "$name has BTF" test "$(pinned map "$name" | jq -r '.btf_id // 0')" -gt 0
        expect "$name fits in 15 characters" test "${#name}" -le 15
    done
    expect "no map is pinned that this test does not know" equal \
        "$(printf '%s\n' "${MAPS[@]}" | sort)" "$(pinned_maps)"
}

pinned_maps() {
    local pin
    for pin in "$PINS"/*; do
        node bpftool map show pinned "$pin" >/dev/null 2>&1 && echo "${pin##*/}"
    done | sort
}

# Whatever else is pinned are programs' links, with names of ours.
links() {
    local pin
    for pin in "$PINS"/*; do
        [[ -d $pin || ${pin##*/} == program || " ${MAPS[*]} " == *" ${pin##*/} "* ]] && continue
        expect "${pin##*/} is a link" test -n "$(pinned link "${pin##*/}" | jq -r '.type // empty')"
    done
}

# field MAP PATH WANTED: a value by its field's name.
field() { expect "$1: $2 is $3" equal "$3" "$(dump "$1" | jq -r "$2")"; }

fields() {
    field xm_meta '.[0].formatted.value.ifindex' "$(ip -n node -j link show ingress | jq '.[0].ifindex')"
    field xm_vnis '[.. | .vni? // empty | select(. < 16777216)] | unique | join(" ")' '4242 4343'
    field xm_rules4 '[.. | .udp_port? // empty | select(. != 0)] | unique | join(" ")' \
        "$((8081 >> 8 | (8081 & 255) << 8))"  # network order, read as a number by this machine
    field xm_totals '[.[0].formatted.values[].value.received.packets] | add' 20
    field xm_totals '[.[0].formatted.values[].value.forwarded.packets] | add' 20
    field xm_rule_book '[.[0].formatted.values[].value.packets] | add' 20
    field xm_next_hops '[.[] | select(.formatted.value.ifindex > 0)][0].formatted.value.mtu' 1500
}

lab_up 0
attach_lab
send vpc fabric "[mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/UDP(dport=31756)/b'flow') for _ in range(20)]"
wait_until 20 books_received_is ingress 20 || :
programs
maps
links
fields
assert_conservation ingress
suite_done
