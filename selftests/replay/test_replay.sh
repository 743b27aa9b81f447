#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Real exporters behind the kernel's own mirror, captured by tcpdump: every packet of every capture through
# explain and the model, in the formats that tools write, and from files that ended early.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
for part in replay captures conversions; do
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done
replay_needs_scapy
suite_enter "$CAPTURES_NEED $CONVERSIONS_NEED" -- "$@"

FILES=$SANDBOX_FILES

# replay_scene PROFILE CAPTURE LABEL...: as expected, and these labels were among it.
replay_scene() {
    local profile=$1 capture=$2 label
    shift 2
    : >"$FILES/$profile.tally"
    expect "$capture by $profile: $(capture_count "$capture") packets" \
        replay_as_expected "$profile" "$(capture_file "$capture")"
    for label in "$@"; do
        expect "$capture by $profile: has '$label'" grep -q "^$label " "$FILES/$profile.tally"
    done
}

# replay_files PROFILE WHAT FILE...
replay_files() { expect "$2: $(($# - 2)) files by $1" replay_as_expected "$1" "${@:3}"; }

# refused_by_both FILE: exit status 2, from the binary and from the harness.
refused_by_both() {
    local ours=0 its=0
    replay mirror "$1" >/dev/null 2>&1 || ours=$?
    node "$XDPMIRROR" explain --profile "$REPLAY/mirror.yaml" --pcap "$1" >/dev/null 2>&1 || its=$?
    equal 2 "$ours" "$its"
}

say_step "making captures"
captures_make
replay_way narrow0 600
ip -n node neighbour replace 10.1.0.2 lladdr "$(lab_mac tunnel inside)" dev egress0 nud permanent
ip -n node neighbour replace fd00:10:1::2 lladdr "$(lab_mac tunnel inside)" dev egress0 nud permanent
python "$REPLAY/wrap.py" gwlb "$(capture_file vxlan4)" "$(capture_file gwlb)"
python "$REPLAY/wrap.py" gwlb "$(capture_file fragments)" "$(capture_file gwlb-fragments)"
python "$REPLAY/wrap.py" cut "$(capture_file vxlan4)" "$(capture_file cut4)"
python "$REPLAY/wrap.py" cut "$(capture_file vxlan6)" "$(capture_file cut6)"

say_step "captures as they are"
replay_scene mirror vxlan4 forward 'drop inner_not_udp' 'pass not_ours'
replay_scene mirror sll forward
replay_scene mirror sll2 forward
replay_scene mirror vxlan6 forward
replay_scene mirror tagged forward
replay_scene mirror inner-tags forward
replay_scene mirror fragments forward 'note fragment_first' 'note fragment_later'
replay_scene mirror outer-fragments forward 'drop outer_fragment' 'pass outer_fragment'
replay_scene mirror cut4 'drop inner_truncated'
replay_scene mirror strays 'drop vni_unknown' 'drop sender_not_allowed' 'drop no_rule' \
    'drop ttl_expired' 'drop inner_not_udp' 'drop inner_not_ip'
replay_scene narrow vxlan4 'note oversize_fragmented' 'drop egress_oversize'
replay_scene narrow vxlan6 forward 'drop egress_oversize'
replay_scene narrow fragments forward 'note fragment_later' 'note oversize_fragmented'
replay_scene narrow cut4 'note truncated_forwarded'
replay_scene narrow cut6 'note truncated_forwarded'
replay_scene narrow strays forward 'drop inner_not_ip' 'drop ttl_expired' 'note fragment_later'
replay_scene balancer gwlb forward 'pass geneve_not_mirror'
replay_scene balancer gwlb-fragments forward 'note fragment_later'
replay_scene forwarder plain forward 'pass not_ours'
replay_scene forwarder plain-fragments forward 'note fragment_later'

say_step "captures that tools have changed, and files that ended early"
for name in fragments strays tagged; do
    conversions_make "$(capture_file "$name")" "$FILES/$name"
    replay_files mirror "$name" "$FILES/$name"/*
    conversions_break "$(capture_file "$name")" "$FILES/$name-broken"
    conversions_break "$FILES/$name/editcap.pcapng" "$FILES/$name-broken"
    replay_files narrow "$name, broken" "$FILES/$name-broken"/*
done
for file in "$(capture_file strays)" "$FILES/strays/editcap.pcapng"; do
    head -c 20 "$file" >"$FILES/no-header"
    expect "a file that ends in its header is refused by both" refused_by_both "$FILES/no-header"
done
suite_done
