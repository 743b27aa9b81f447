#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Next hops through a bond, a VLAN device and a VLAN on a bond, behind a gateway and on the link, IPv4 and
# IPv6, while the daemon watches: neighbours that change their MAC, members that fail, devices that are made
# anew. What arrives is judged on the far end's wire. A kernel without these devices skips it; selftests/vm
# runs it on kernels that have them. Arguments: of bond, vlan, vlan-on-bond (all).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/next_hop_devices.sh"
suite_enter "ethtool jq python3 tcpdump ping" -- "$@"

readonly EACH=25

attached() { xdpmirror status ingress --json | jq -r "$1"; }

# watched WHAT DEVICE PATH: attached by that path; so many of each kind arrive, and the books know no less
# and no more.
watched() {
    local before books
    profile "interface: $2"
    receivers_start
    daemon_start "$PROFILE"
    expect "$1: by path $3, $(attached '.egress[0].why')" \
        equal "$3/$2" "$(attached '.egress[0] | .path + "/" + .interface')"
    before=$(now)
    steady $((4 * EACH))
    expect "$1: $EACH each of IPv4 and IPv6, behind the gateway and on the link" \
        wait_until "$PATIENCE" all_since "$before" "$EACH"
    books=$(books_read ingress)
    expect "$1: the books say delivered, $(books_drops "$books") dropped" \
        equal $((4 * EACH)) "$(books_received "$books")" "$(books_delivered "$books")"
    : >"$ARRIVED"
    stream_start
    expect "$1: the stream flows" flows
}

# unwatched WHAT: the stream ends; every packet is in the books once, and nothing is left.
unwatched() {
    local books sent
    stream_stop
    sent=$(($(cat "$SANDBOX_FILES/sent") + 4 * EACH))
    wait_until "$PATIENCE" books_received_is ingress "$sent" || :
    books=$(books_read ingress)
    expect "$1: every packet was received" equal "$sent" "$(books_received "$books")"
    assert_conservation ingress
    expect "$1: nothing arrived twice" equal "" "$(awk '{ print $1 }' "$ARRIVED" | sort | uniq -d)"
    expect "$1: no more than delivered arrived" \
        test "$(wc -l <"$ARRIVED")" -le "$(books_delivered "$books")"
    say_note "sent $sent, delivered $(books_delivered "$books"), arrived $(wc -l <"$ARRIVED"), dropped: $(books_drops "$books" | tr '\n' ' ')"
    receivers_stop
    daemon_stop TERM
    expect "$1: the daemon ends with 0" equal 0 "$daemon_status"
    xdpmirror detach ingress
    expect "$1: nothing is left" nothing_left
}

# A VLAN device has the MAC of the device below it, and follows it.
far_mac() { ip -n tunnel link set dev "$1" address "$2"; }
macs() { echo "ether src $(lab_mac node "$1") and ether dst $(lab_mac tunnel "$2")"; }

by_bond() {
    bond_links
    bond_up
    near_end bond0
    watched "bond" bond0 redirect
    expect "bond: the first member is the active one" wait_until "$PATIENCE" member_is member0
    on_the_wire "bond" port0 "$(macs bond0 br0)"
    cause "bond, MAC of the next hop changed" far_mac br0 02:00:00:00:33:01
    on_the_wire "bond, MAC of the next hop changed" port0 "$(macs bond0 br0)"
    cause "bond, the active member fails" ip -n tunnel link set port0 down
    expect "bond: the other member is the active one" member_is member1
    on_the_wire "bond, the other member" port1 "$(macs bond0 br0)"
    cause "bond, MAC changed behind the other member" far_mac br0 02:00:00:00:33:02
    cause "bond, the failed member is back" ip -n tunnel link set port0 up
    cause "bond, the active member is taken out" ip -n node link set member1 nomaster
    expect "bond: the remaining member is the active one" member_is member0
    cause "bond, a member is put in" put_in member1
    bond_without_carrier
    recreated "bond" recreate_bond
    on_the_wire "bond made anew" port0 "$(macs bond0 br0)"
    unwatched "bond"
    bond_gone
}

put_in() {
    ip -n node link set "$1" down
    ip -n node link set "$1" master bond0
}

# No member has carrier, so nothing arrives; what the driver refuses is in the books.
bond_without_carrier() {
    local port
    for port in port0 port1; do ip -n tunnel link set $port down; done
    expect "bond without carrier: the daemon says why" \
        wait_until "$PATIENCE" way_fails "it has no carrier"
    expect "bond without carrier: refused frames are counted" \
        wait_until "$PATIENCE" drops_grow egress_rejected "$(books_drop "$(books_read ingress)" egress_rejected)"
    for port in port0 port1; do ip -n tunnel link set $port up; done
    expect "bond with carrier again: all four go on" flows
}
way_fails() { [[ $(attached '.egress[0].why_not // ""') == "$1" ]]; }
drops_grow() { (($(books_drop "$(books_read ingress)" "$1") > $2)); }

# recreated WHAT COMMAND: the command deletes the device, waits, and makes it again.
recreated() {
    local missing
    missing=$(books_drop "$(books_read ingress)" egress_missing)
    $2 "$missing"
    expect "$1 made anew: all four go on" flows
}

# is_missing COUNT: more than so many have found no device.
is_missing() {
    expect "gone: counted as egress_missing" wait_until "$PATIENCE" drops_grow egress_missing "$1"
}

recreate_bond() {
    ip -n node link del bond0
    is_missing "$1"
    bond_up
    near_end bond0
}

by_vlan() {
    vlan tunnel inside
    far_end "inside.$TAG"
    vlan node egress0
    near_end "egress0.$TAG"
    watched "VLAN" "egress0.$TAG" tc
    on_the_wire "VLAN" inside "$(macs "egress0.$TAG" "inside.$TAG") and vlan $TAG"
    cause "VLAN, MAC of the next hop changed" far_mac inside 02:00:00:00:33:03
    on_the_wire "VLAN, MAC of the next hop changed" inside "$(macs "egress0.$TAG" "inside.$TAG") and vlan $TAG"
    cause "VLAN, neighbours flushed" ip -n node neighbour flush dev "egress0.$TAG"
    recreated "VLAN" recreate_vlan
    recreated "VLAN with the NIC below it" recreate_nic
    on_the_wire "VLAN made anew" inside "$(macs "egress0.$TAG" "inside.$TAG") and vlan $TAG"
    unwatched "VLAN"
    ip -n node link del "egress0.$TAG"
    ip -n tunnel link del "inside.$TAG"
}

recreate_vlan() {
    ip -n node link del "egress0.$TAG"
    is_missing "$1"
    vlan node egress0
    near_end "egress0.$TAG"
}

recreate_nic() {
    ip -n node link del egress0
    is_missing "$1"
    lab_link node egress0 10.1.0.1/24 fd00:10:1::1/64 tunnel inside 10.1.0.2/24 fd00:10:1::2/64
    vlan tunnel inside
    far_end "inside.$TAG"
    vlan node egress0
    near_end "egress0.$TAG"
}

by_vlan_on_bond() {
    bond_links
    vlan tunnel br0
    bond_up
    vlan node bond0
    ip -n node link set bond0 up
    far_end "br0.$TAG"
    near_end "bond0.$TAG"
    watched "VLAN on a bond" "bond0.$TAG" tc
    expect "VLAN on a bond: the first member is the active one" wait_until "$PATIENCE" member_is member0
    on_the_wire "VLAN on a bond" port0 "$(macs "bond0.$TAG" "br0.$TAG") and vlan $TAG"
    cause "VLAN on a bond, the active member fails" ip -n tunnel link set port0 down
    expect "VLAN on a bond: the other member is the active one" member_is member1
    on_the_wire "VLAN on a bond, the other member" port1 "$(macs "bond0.$TAG" "br0.$TAG") and vlan $TAG"
    cause "VLAN on a bond, MAC of the next hop changed" far_mac br0 02:00:00:00:33:04
    on_the_wire "VLAN on a bond, MAC changed" port1 "$(macs "bond0.$TAG" "br0.$TAG") and vlan $TAG"
    cause "VLAN on a bond, the failed member is back" ip -n tunnel link set port0 up
    recreated "VLAN and its bond" recreate_bond_and_vlan
    unwatched "VLAN on a bond"
    bond_gone
}

recreate_bond_and_vlan() {
    ip -n node link del bond0
    is_missing "$1"
    bond_up
    vlan node bond0
    ip -n node link set bond0 up
    near_end "bond0.$TAG"
}

lab_has() { kernel_has bond && kernel_has bridge && has_vlans; }
lab_has || skip "this kernel has no bonds, no bridges or no VLANs"
lab_up 0
NODE_MAC=$(lab_mac node ingress)
(($#)) || set -- bond vlan vlan-on-bond
for devices in "$@"; do
    case $devices in
    bond) by_bond ;;
    vlan) by_vlan ;;
    vlan-on-bond) by_vlan_on_bond ;;
    *) die "no devices '$devices'" ;;
    esac
done
suite_done
