#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Bad input: each is refused with one line that names the thing and the cure, with exit status 1 (the
# machine does not allow it) or 2 (what was typed is wrong), and nothing is left half done.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq setpriv bpftool" -- "$@"

GOOD=$SANDBOX_FILES/good.yaml BAD=$SANDBOX_FILES/bad.yaml

write_good_profile() {
    cat >"$GOOD" <<'YAML'
version: 1
sources:
  - name: core
    vxlan: {vni: 4242}
    from: [10.0.0.0/16]
rules:
  - {name: flows, match: {protocol: udp, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: sflow, match: {protocol: udp, port: 6343-6345}, send: {to: fdi, port: 8081}}
pools:
  fdi:
    collectors: [{address: 100.76.10.11}]
    via: gcp
egress:
  gcp: {interface: egress0, next_hop: auto}
YAML
}

# bad WHAT STATUS PATTERN COMMAND...
bad() {
    say_note "$1"
    refused "${@:2}"
    expect "nothing is left" nothing_left "${occupied:-0}"
}

# attach INTERFACE PROFILE [OPTION...]
attach() { node "$XDPMIRROR" attach "$1" --profile "$2" "${@:3}"; }

on_node() { ip -n node "$@"; }

# edited SED: the good profile with one change.
edited() {
    sed "$1" "$GOOD" >"$BAD"
    ! cmp -s "$GOOD" "$BAD" || die "the change '$1' changes nothing"
}

# bad_profile WHAT SED PATTERN: refused by `config check` and by attach alike, with the place.
bad_profile() {
    edited "$2"
    bad "$1, config check" 2 "bad\.yaml:[0-9]+.*$3" node "$XDPMIRROR" config check --profile "$BAD"
    bad "$1, attach" 2 "bad\.yaml:[0-9]+.*$3" attach ingress "$BAD"
}

profiles() {
    bad_profile "not YAML" 's/rules:/rules: [/' ''
    bad_profile "unknown key" 's/collectors:/colectors:/' "colectors.*collectors"
    bad_profile "unknown key at the top" 's/^sources:/source:/' "source.*sources"
    bad_profile "bad address" 's/100.76.10.11/100.76.10.1111/' '100\.76\.10\.1111'
    bad_profile "bad prefix" 's|10.0.0.0/16|10.0.0.0/33|' '33'
    bad_profile "VNI above 24 bits" 's/vni: 4242/vni: 16777216/' '16777215|16777216'
    bad_profile "port 0" 's/port: 31756/port: 0/' '0'
    bad_profile "port above 65535" 's/port: 8081/port: 65536/' '65536|65535'
    bad_profile "range reversed" 's/6343-6345/6345-6343/' '634[35]'
    bad_profile "rule to a missing pool" 's/^  - {name: flows\(.*\)to: fdi/  - {name: flows\1to: fdx/' 'fdx'
    bad_profile "pool by a missing egress" 's/via: gcp/via: gpc/' 'gpc'
    bad_profile "bad MAC as next hop" 's/next_hop: auto/next_hop: "02:00:00:00:00"/' '02:00:00:00:00'
    bad "missing profile" 2 'nosuch' attach ingress nosuch
    bad "missing profile by path" 2 'nosuch.yaml' attach ingress "$SANDBOX_FILES/nosuch.yaml"
}

never_matches() {
    edited 's/^pools:/  - {name: again, match: {protocol: udp, port: 31756}, send: {to: fdi}}\npools:/'
    expect "a rule that can never match is no error" node "$XDPMIRROR" config check --profile "$BAD" \
        >"$SANDBOX_FILES/out" 2>&1
    expect "but a warning that names it: $(grep -m1 again "$SANDBOX_FILES/out")" \
        grep -q "again" "$SANDBOX_FILES/out"
}

command_line() {
    bad "no interface" 2 'interface' node "$XDPMIRROR" attach --profile "$GOOD"
    bad "no profile" 2 '(-|--)?profile' node "$XDPMIRROR" attach ingress
    bad "unknown command" 2 'atach' node "$XDPMIRROR" atach ingress
    bad "unknown option" 2 'profil[^e]' node "$XDPMIRROR" attach ingress --profil "$GOOD"
    bad "unknown mode" 2 'mode.*fast' attach ingress "$GOOD" --mode fast
    bad "detach where nothing is attached" 1 'ingress' node "$XDPMIRROR" detach ingress
    bad "status where nothing is attached" 1 'ingress' node "$XDPMIRROR" status ingress
}

interfaces() {
    bad "unknown interface" 1 "ingres1.*ingress" attach ingres1 "$GOOD"
    on_node link set ingress down
    bad "interface down" 1 'ingress.*ip link set .*ingress up' attach ingress "$GOOD"
    on_node link set ingress up
    edited 's/egress0/egress7/'
    bad "unknown egress" 1 "egress7" attach ingress "$BAD"
    on_node link set egress0 down
    bad "egress down" 1 'egress0.*ip link set .*egress0 up' attach ingress "$GOOD"
    on_node link set egress0 up
    # the kernel has taken the route away with the link
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2
    on_node address flush dev ingress
    bad "interface without an address" 1 'ingress.*address' attach ingress "$GOOD"
    on_node address add "$LAB_NODE4/24" dev ingress
}

# Drivers without native XDP.
native_refused() {
    on_node link add name br0 type bridge
    on_node address add 10.99.0.1/24 dev br0
    on_node link set br0 up
    bad "a bridge has no native XDP" 1 'br0.*generic' attach br0 "$GOOD"
    on_node link delete br0
    on_node link add name mv0 link ingress type macvlan
    on_node address add 10.99.0.1/24 dev mv0
    on_node link set mv0 up
    bad "a macvlan has no native XDP" 1 'mv0.*generic' attach mv0 "$GOOD"
    on_node link delete mv0
}

egress_refused() {
    on_node link add name br0 type bridge
    on_node address add 10.1.0.1/24 dev br0
    on_node link set br0 up
    edited 's/egress0/br0/; s/next_hop: auto/next_hop: "02:00:00:00:00:05"/'
    bad "a bridge takes no redirected frames" 1 'br0' attach ingress "$BAD"
    on_node link delete br0
    on tunnel ethtool -K inside gro off
    bad "a veth whose peer takes no frames" 1 'egress0.*gro' attach ingress "$GOOD"
    on tunnel ethtool -K inside gro on
}

next_hops() {
    edited 's/100.76.10.11/203.0.113.7/'
    bad "no route to the collector" 1 '203\.0\.113\.7.*(route|next_hop)' attach ingress "$BAD"
    edited 's/100.76.10.11/10.1.0.77/'
    bad "a neighbour that does not answer" 1 '10\.1\.0\.77.*answer' attach ingress "$BAD"
    edited 's/next_hop: auto/next_hop: 10.1.0.77/'
    bad "a next hop that does not answer" 1 '10\.1\.0\.77.*answer' attach ingress "$BAD"
    edited 's/100.76.10.11/10.0.0.2/'
    bad "a collector that is the node itself" 1 '10\.0\.0\.2' attach ingress "$BAD"
}

# A file system of another kind lies over bpffs, in a mount namespace of its own.
bpffs_missing() {
    bad "no bpffs" 1 '/sys/fs/bpf.*mount -t bpf' unshare --mount bash -c '
        mount -t tmpfs tmpfs /sys/fs/bpf &&
        exec nsenter --net=/run/netns/node -- "$@"' no-bpffs "$XDPMIRROR" attach ingress --profile "$GOOD"
}

# Root without the capability.
capability_missing() {
    bad "no CAP_NET_ADMIN" 1 'CAP_NET_ADMIN' node setpriv --bounding-set=-net_admin \
        "$XDPMIRROR" attach ingress --profile "$GOOD"
    bad "no CAP_BPF" 1 'CAP_BPF' node setpriv --bounding-set=-bpf,-sys_admin \
        "$XDPMIRROR" attach ingress --profile "$GOOD"
    bad "no capability at all" 1 'CAP_.*root' node setpriv --bounding-set=-all \
        "$XDPMIRROR" attach ingress --profile "$GOOD"
}

interface_taken() {
    local mode
    for mode in xdpdrv xdpgeneric; do
        occupy node ingress "$mode"
        occupied=1 bad "taken by another program ($mode)" 1 "ingress.*XDP program 'occupant'.*$mode off" \
            attach ingress "$GOOD"
        vacate node ingress "$mode"
    done
}

second_attach() {
    attach ingress "$GOOD" >/dev/null
    local before
    before=$(find /sys/fs/bpf | sort)
    refused 1 'ingress.*already attached.*detach' attach ingress "$GOOD"
    expect "second attach: the first is untouched" equal "$before" "$(find /sys/fs/bpf | sort)"
    expect "detach" node "$XDPMIRROR" detach ingress
}

# Behind a dispatcher where this kernel has extension programs; else one line, and nothing is
# attached alone behind the operator's back, as libxdp would.
shared() {
    if attach ingress "$GOOD" --shared >/dev/null 2>&1; then
        expect "shared: it is behind a dispatcher" equal dispatcher \
            "$(node "$XDPMIRROR" status ingress --json | jq -r .attach)"
        expect "shared: detach" node "$XDPMIRROR" detach ingress
    else
        bad "no dispatcher here" 1 "dispatcher on 'ingress'.*without --shared" \
            attach ingress "$GOOD" --shared
    fi
}

lab_up 0
write_good_profile
profiles
never_matches
command_line
interfaces
native_refused
egress_refused
next_hops
bpffs_missing
capability_missing
interface_taken
second_attach
shared
expect "after all that, a good attach works" attach ingress "$GOOD"
expect "and detach leaves nothing" node "$XDPMIRROR" detach ingress
expect "nothing is left" nothing_left
suite_done
