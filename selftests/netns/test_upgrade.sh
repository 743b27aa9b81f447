#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Another version, whose tables are laid out otherwise, takes a running attachment over, and this one takes it back:
# packets go on, counters go on by name, also those of reasons that the other has not, and findings are kept.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 tcpdump" -- "$@"

STATE=/sys/fs/bpf/xdpmirror/ingress
PROFILE=$SANDBOX_FILES/upgrade.yaml
OTHER=${XM_OTHER_VERSION:?}
[[ -x $OTHER ]] || die "no binary of another version at $OTHER"

profile() {
    cat >"$PROFILE" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24]}
rules:
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
  - {name: two, match: {port: 31757}, send: {to: two, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: out}
  two:
    collectors: [{address: 100.76.10.11}, {address: 100.76.10.99}]
    health: {tcp: {port: 9}, every: 200ms, timeout: 100ms, rise: 1, fall: 1}
    via: out
egress:
  out: {interface: egress0}
YAML
}

frames() { echo "[mirrored(IP(src='192.168.1.%d' % i, dst='172.16.0.10')/UDP(sport=i, dport=$1)/b'flow') for i in range(1, 21)]"; }

# With the version in $XDPMIRROR.
arrives() {
    capture_start after tunnel inside -Q in udp port 8081
    send vpc fabric "$(frames 31756)"
    expect "$1: 20 of 20 arrive" wait_until 20 capture_reached after 20
    capture_stop after
    send vpc fabric "$(frames 5)"
    expect "$1: 20 without a rule are dropped" wait_until 20 received_by_now "$2"
    assert_conservation ingress
}
received_by_now() { books_received_is ingress "$1"; }

rule_packets() { xdpmirror rules ingress --json | jq -r ".rules[] | select(.name == \"$1\").packets"; }
source_packets() { xdpmirror sources ingress --json | jq -r ".sources[] | select(.name == \"$1\").received.packets"; }
former() { find $STATE -maxdepth 1 -name 'former_*' | wc -l; }
dropped_as() { books_drop "$(books_read ingress)" "$1"; }

as_this() { XDPMIRROR=$THIS "$@"; }
as_other() { XDPMIRROR=$OTHER "$@"; }
THIS=$XDPMIRROR

to_and_fro() {
    local round counted=40
    expect "attach" xdpmirror attach ingress --profile "$PROFILE"
    arrives "this version" 40
    as_other refused 1 'laid out as version 0.1.0 of xdpmirror does.*xdpmirror upgrade ingress' xdpmirror status ingress
    for round in 1 2 3; do
        expect "round $round: the other one takes over" as_other xdpmirror upgrade ingress
        expect "round $round: received goes on" equal "$counted" "$(books_received "$(as_other books_read ingress)")"
        counted=$((counted + 40))
        as_other arrives "round $round, the other version" "$counted"
        expect "round $round: by rule" equal $((counted / 2)) "$(as_other rule_packets flows)"
        expect "round $round: by source" equal "$counted" "$(as_other source_packets core)"
        expect "round $round: this version's reason is still counted" equal $((round * 20)) "$(as_other dropped_as no_rule)"
        expect "round $round: beside its own" equal $((round * 20)) "$(as_other dropped_as no_rule_now)"
        expect "round $round: and back" xdpmirror upgrade ingress
        counted=$((counted + 40))
        arrives "round $round, this version again" "$counted"
        expect "round $round: by rule" equal $((counted / 2)) "$(rule_packets flows)"
        expect "round $round: the other's reason is still counted" equal $((round * 20)) "$(dropped_as no_rule_now)"
        expect "round $round: beside its own" equal $((round * 20 + 20)) "$(dropped_as no_rule)"
    done
    expect "books are kept once for each layout" equal 2 "$(former)"
    as_other expect "a reload by the other is an upgrade too" xdpmirror reload ingress
    as_other arrives "reloaded by the other" $((counted + 40))
    as_other expect "it detaches" xdpmirror detach ingress
    expect "nothing is left" nothing_left
    xdpmirror attach ingress --profile "$PROFILE"
    as_other expect "of this one's too" xdpmirror detach ingress
    expect "nothing is left" nothing_left
}

# Share of slots, in thousandths.
# Without CAP_SYS_ADMIN, as the service is: its unit has root put the version in place before.
confined() { on node setpriv --bounding-set=-sys_admin "$XDPMIRROR" "$@"; }

without_sys_admin() {
    local books
    expect "--if-needed without an attachment: nothing to do" xdpmirror upgrade ingress --if-needed
    as_other xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    as_other arrives "the other version" 40
    refused 1 'gives to CAP_SYS_ADMIN alone; as root: xdpmirror upgrade' confined upgrade ingress
    refused 1 'gives to CAP_SYS_ADMIN alone; as root: xdpmirror upgrade' confined run ingress --profile "$PROFILE"
    expect "--if-needed: the version is put in place" grep -q 'version 0.1.0 in the place of 99.0.0' <(xdpmirror upgrade ingress --if-needed)
    expect "--if-needed again: nothing to do" equal "" "$(xdpmirror upgrade ingress --if-needed)"
    daemon_start "$PROFILE" setpriv --bounding-set=-sys_admin
    arrives "a daemon without CAP_SYS_ADMIN" 80
    books=$(confined drops ingress --json)
    expect "who may not read the other's books leaves them out" equal 40 "$(books_received "$books")"
    expect "and says so" grep -q 'a former version has counted is left out' <(confined status ingress)
    expect "root does not" not grep -q 'left out' <(xdpmirror status ingress)
    daemon_stop
    expect "detach" xdpmirror detach ingress
    expect "nothing is left" nothing_left
}

in_use() { xdpmirror pools ingress --json | jq -r '[.pools[] | select(.name == "two").collectors[] | select(.share > 0).address] | join(" ")'; }
uses_one() { [[ $(in_use) == 100.76.10.11 ]]; }
uses_both() { [[ $(in_use) == "100.76.10.11 100.76.10.99" ]]; }

daemons() {
    local this
    ip -n fdi route replace 10.1.0.0/24 via 100.76.10.1 # for what the node asks
    spawn fdi python3 -c '
import socket
listening = socket.create_server(("100.76.10.11", 9))
while True:
    listening.accept()[0].close()'
    daemon_start "$PROFILE"
    this=$daemon_pid
    expect "a collector is found dead" wait_until 50 uses_one
    as_other expect "the other one takes over" xdpmirror upgrade ingress
    as_other expect "the collector is still left out" uses_one
    wait "$this" || daemon_status=$?
    expect "this version's daemon ends with status 1" equal 1 "${daemon_status:-0}"
    expect "and says why" grep -q 'version 99.0.0 has taken ingress over.*start its daemon' "$SANDBOX_FILES/daemon.log"
    as_this daemon_start "$PROFILE"
    expect "its next daemon takes over, and says so" \
        grep -q 'put version 0.1.0 in the place of 99.0.0' "$SANDBOX_FILES/daemon.log"
    arrives "the daemon's own" 40
    daemon_stop
    as_other daemon_start "$PROFILE"
    expect "and the other's" grep -q 'put version 99.0.0 in the place of 0.1.0' "$SANDBOX_FILES/daemon.log"
    daemon_stop
    as_other expect "detach" xdpmirror detach ingress
    expect "nothing is left" nothing_left
}

profile
lab_up 1
to_and_fro
without_sys_admin
daemons
suite_done
