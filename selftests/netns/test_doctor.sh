#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# doctor against a real kernel: it changes nothing unless it is told to, what it calls an error attach
# refuses, what it can mend it mends, and a second run says so.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq setpriv" -- "$@"

PROFILE=$SANDBOX_FILES/profile.yaml
OUT=$SANDBOX_FILES/out ERR=$SANDBOX_FILES/err

write_profile() { profile_with "$PROFILE" "interface: egress0, oversize: $1"; }

# doctor STATUS [OPTION...]: runs it on the profile; the report is in $OUT.
doctor() {
    local wanted=$1 got=0
    shift
    node "$XDPMIRROR" doctor ingress --profile "$PROFILE" --json "$@" >"$OUT" 2>"$ERR" || got=$?
    [[ $got == "$wanted" ]] || say_note "exit status $got, $(cat "$ERR")"
    [[ $got == "$wanted" ]]
}

# level ID [SUBJECT]: of a finding in the last report.
level() { jq -r --arg id "$1" --arg of "${2:-}" '[.findings[] | select(.id == $id and ($of == "" or .subject == $of)).level] | first // "none"' "$OUT"; }
fix() { jq -r --arg id "$1" '[.findings[] | select(.id == $id).fix] | first' "$OUT"; }
applied() { jq -r '[.applied[] | select(.done).command] | join("; ")' "$OUT"; }

setting() { node cat "/proc/sys/net/ipv4/conf/$1"; }
set_to() { node bash -c "echo $2 >/proc/sys/net/ipv4/conf/$1"; }
attach_refuses() { ! node "$XDPMIRROR" attach ingress --profile "$PROFILE" >/dev/null 2>&1; }

good_machine() {
    write_profile drop
    expect "a good machine has no error" doctor 0
    expect "and nothing is said on standard error" test ! -s "$ERR"
    expect "native XDP is there" equal ok "$(level native_xdp)"
    expect "the next hop answers" equal ok "$(level next_hop 'collector 100.76.10.11')"
    expect "packets fit" equal ok "$(level path_mtu)"
    expect "forwarding is nobody's business without oversize: fragment" equal none "$(level forwarding)"
    expect "the BPF file system is there" equal ok "$(level bpffs)"
    expect "without a profile it says what was not looked at" node "$XDPMIRROR" doctor ingress >"$OUT"
    expect "in a note" grep -q '^note .*no profile was named' "$OUT"
    expect "with a last line of sums" grep -qE '^0 errors, [0-9]+ warnings?, [0-9]+ notes?, [0-9]+ ok$' "$OUT"
}

kernel_settings() {
    write_profile fragment
    set_to ingress/forwarding 0
    set_to ingress/rp_filter 1
    set_to all/rp_filter 2
    expect "forwarding and reverse-path filters stand in the way" doctor 1
    expect "one line names them: $(cat "$ERR")" \
        grep -q "^xdpmirror: 'ingress' is not ready: forwarding, rp_filter; " "$ERR"
    expect "the fix is a command" equal "echo 1 > /proc/sys/net/ipv4/conf/ingress/forwarding" "$(fix forwarding)"
    expect "it has changed nothing" equal "0 1 2" \
        "$(setting ingress/forwarding) $(setting ingress/rp_filter) $(setting all/rp_filter)"
    expect "attach refuses likewise" attach_refuses
    expect "--apply mends them" doctor 0 --apply
    expect "and says what it typed: $(applied)" equal 3 "$(jq '[.applied[] | select(.done)] | length' "$OUT")"
    expect "they are set" equal "1 0 0" \
        "$(setting ingress/forwarding) $(setting ingress/rp_filter) $(setting all/rp_filter)"
    expect "a second run has nothing to do" doctor 0 --apply
    expect "and does nothing" equal "" "$(applied)"
    expect "every finding of these is ok" equal "ok ok ok" \
        "$(level forwarding) $(level rp_filter ingress) $(level rp_filter all)"
    write_profile drop
}

redirect_target() {
    on tunnel ethtool -K inside gro off
    expect "a veth whose peer has no GRO" doctor 1
    expect "is an error" equal error "$(level redirect_target)"
    expect "whose fix is in the peer's namespace" equal \
        "in the network namespace of the peer: ethtool -K PEER gro on" "$(fix redirect_target)"
    expect "which --apply cannot reach" doctor 1 --apply
    expect "attach refuses likewise" attach_refuses
    on tunnel ethtool -K inside gro on
    expect "with GRO it takes frames" doctor 0
}

# Both ends of the egress in the node's own namespace.
peer_in_reach() {
    ip -n node link add near type veth peer name far
    on node ethtool -K far gro off
    ip -n node address add 10.9.0.1/24 dev near
    ip -n node link set near up
    ip -n node link set far up
    sed -i 's|interface: egress0|interface: near, next_hop: "02:00:00:00:00:05"|' "$PROFILE"
    expect "a peer in reach" doctor 1
    expect "is named in the fix" equal "ethtool -K far gro on" "$(fix redirect_target)"
    expect "--apply does it" doctor 0 --apply
    expect "GRO is on" equal "generic-receive-offload: on" \
        "$(on node ethtool -k far | grep generic-receive-offload)"
    expect "and attach takes it" node "$XDPMIRROR" attach ingress --profile "$PROFILE" >/dev/null
    expect "our own program is no error" doctor 0
    expect "but named" equal ok "$(level occupant)"
    node "$XDPMIRROR" detach ingress
    ip -n node link delete near
    write_profile drop
}

sizes() {
    ip -n node link set egress0 mtu 1300
    expect "an egress smaller than mirrors is no error" doctor 0
    expect "but a warning" equal warning "$(level path_mtu)"
    expect "that suggests oversize: fragment" grep -q 'oversize: fragment' <<<"$(fix path_mtu)"
    expect "--apply leaves MTUs alone" doctor 0 --apply
    expect "MTU" equal 1300 "$(node cat /proc/sys/net/ipv6/conf/egress0/mtu)"
    ip -n node link set egress0 mtu 1500
}

vlan_tags() {
    if ! ip -n node link add link ingress name tagged type vlan id 7 2>/dev/null; then
        say_note "this kernel has no VLAN devices: rx_vlan is left to the unit tests"
        return
    fi
    expect "VLAN tags that the NIC takes out" doctor 0
    expect "are a warning" equal warning "$(level rx_vlan)"
    expect "--apply leaves them in" doctor 0 --apply
    expect "by $(applied)" equal "ethtool -K ingress rxvlan off" "$(applied)"
    expect "and the next run is content" equal "ok off" \
        "$(doctor 0 && level rx_vlan) $(on node ethtool -k ingress | awk '/^rx-vlan-offload/ { print $2 }')"
    ip -n node link delete tagged
}

egress_devices() {
    ip -n node link set egress0 down
    expect "egress down" doctor 1
    expect "the fix is a command" equal "ip link set dev egress0 up" "$(fix egress_device)"
    ip -n node link set egress0 up
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2
    sed -i 's/100.76.10.11/10.1.0.77/' "$PROFILE"
    expect "a neighbour that does not answer" doctor 1
    expect "is named: $(fix next_hop)" equal error "$(level next_hop 'collector 10.1.0.77')"
    write_profile drop
    sed -i 's/egress0/egress7/' "$PROFILE"
    expect "an egress that is not there" doctor 1
    expect "names it" equal error "$(level egress_device 'egress out (egress7)')"
    write_profile drop
    ip -n node address flush dev ingress
    expect "what only attach would find" doctor 1
    expect "is found too" equal error "$(level resolve)"
    expect "with its cure: $(fix resolve)" grep -q 'ip address add' <<<"$(fix resolve)"
    ip -n node address add "$LAB_NODE4/24" dev ingress
}

ingress_taken() {
    occupy node ingress xdpdrv
    expect "somebody else's program" doctor 1
    expect "the fix takes it off" equal "ip link set dev ingress xdp off" "$(fix occupant)"
    expect "but not by itself" doctor 1 --apply
    vacate node ingress xdpdrv
    ip -n node link add br0 type bridge
    node "$XDPMIRROR" doctor br0 --json >"$OUT" 2>"$ERR" || :
    expect "a bridge has no native XDP: $(fix native_xdp)" equal error "$(level native_xdp)"
    ip -n node link delete br0
}

# A file system of another kind over bpffs, and a process without capabilities.
surroundings() {
    local got=0
    unshare --mount bash -c 'mount -t tmpfs tmpfs /sys/fs/bpf && exec nsenter --net=/run/netns/node -- "$@"' \
        no-bpffs "$XDPMIRROR" doctor ingress --json --apply >"$OUT" 2>"$ERR" || got=$?
    expect "--apply mounts bpffs" equal "0 ok mount -t bpf bpf /sys/fs/bpf" "$got $(level bpffs) $(applied)"
    got=0
    node setpriv --bounding-set=-all "$XDPMIRROR" doctor ingress --json >"$OUT" 2>"$ERR" || got=$?
    expect "without capabilities" equal "1 error" "$got $(level capabilities)"
    expect "nothing is guessed of the kernel" equal note "$(level kernel_features)"
    got=0
    node setpriv --bounding-set=-all "$XDPMIRROR" doctor ingress --json --apply >"$OUT" 2>"$ERR" || got=$?
    expect "and it says so" equal 1 "$got"
}

bad_input() {
    local got=0
    node "$XDPMIRROR" doctor ingres >"$OUT" 2>"$ERR" || got=$?
    expect "unknown interface: $(cat "$ERR")" equal "1 1" "$got $(grep -c "ingres.*did you mean 'ingress'" "$ERR")"
    got=0
    node "$XDPMIRROR" doctor ingress --profile nosuch >"$OUT" 2>"$ERR" || got=$?
    expect "unknown profile" equal "2 1" "$got $(wc -l <"$ERR")"
}

lab_up 0
good_machine
kernel_settings
redirect_target
peer_in_reach
sizes
vlan_tags
egress_devices
ingress_taken
surroundings
bad_input
expect "nothing is left" nothing_left
suite_done
