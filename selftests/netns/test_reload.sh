#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Another profile for a running attachment: packets go by the new one from then on, counters go on by name, what
# the old one needed alone is gone, and whatever is refused changes nothing. With and without a daemon.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 tcpdump" -- "$@"

STATE=/sys/fs/bpf/xdpmirror/ingress
PROFILE=$SANDBOX_FILES/reload.yaml

# profile RULES [POOLS]: with these rules, which send to `fdi`.
profile() {
    cat >"$PROFILE" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24]}
rules:
$1
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: out}
egress:
  out: {interface: egress0}
YAML
}

# frames PORT: twenty of them.
frames() { echo "[mirrored(IP(src='192.168.1.%d' % i, dst='172.16.0.10')/UDP(sport=i, dport=$1)/b'flow') for i in range(1, 21)]"; }

# arrives WHAT PORT TO: twenty datagrams to one port come out with another.
arrives() {
    capture_start after tunnel inside -Q in udp port "$3"
    send vpc fabric "$(frames "$2")"
    expect "$1: 20 of 20 arrive at port $3" wait_until 20 capture_reached after 20
    capture_stop after
    assert_conservation ingress
}

rule_packets() { xdpmirror rules ingress --json | jq -r ".rules[] | select(.name == \"$1\").packets"; }
configuration() { readlink "$STATE/config"; }
configurations() { find "$STATE" -maxdepth 1 -name 'config_*' | wc -l; }
# shellcheck disable=SC2120 # also called by expect and refused
reloads() { xdpmirror reload ingress "$@"; }

one='  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}'
two='  - {name: ipfix, match: {port: 4739}, send: {to: fdi, port: 8082}}
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8083}}'

counters_go_on() {
    profile "$one"
    expect "attach" xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    local link_id
    link_id=$(node bpftool -j link show pinned $STATE/link | jq .id)
    arrives "before" 31756 8081
    profile "$two"
    expect "reload" reloads
    expect "it is another configuration" equal config_2 "$(configuration)"
    expect "the former one is gone" equal 1 "$(configurations)"
    expect "in the same link" equal "$link_id" "$(node bpftool -j link show pinned $STATE/link | jq .id)"
    expect "books go on" equal 20 "$(books_received "$(books_read ingress)")"
    expect "by name, also of a rule that stands elsewhere now" equal 20 "$(rule_packets flows)"
    expect "a new rule begins with none" equal 0 "$(rule_packets ipfix)"
    arrives "the rule as it is now" 31756 8083
    arrives "the new rule" 4739 8082
    profile "$one"
    expect "back again" reloads --profile "$PROFILE"
    arrives "as it was" 31756 8081
    expect "it has all that it ever had" equal 60 "$(rule_packets flows)"
    profile "$two"
    expect "and the other one again" reloads
    expect "which has its own" equal 20 "$(rule_packets ipfix)"
    expect "detach" xdpmirror detach ingress
    expect "nothing is left" nothing_left
}

unchanged() { [[ $1 == "$(find $STATE | sort | xargs stat -c '%n %i')" ]]; }

refusals_change_nothing() {
    local before
    profile "$one"
    refused 1 'nothing is attached to ingress; attach it with' reloads --profile "$PROFILE"
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    before=$(find $STATE | sort | xargs stat -c '%n %i')
    refused 1 "already attached.*xdpmirror reload ingress" xdpmirror attach ingress --profile "$PROFILE"
    refused 2 'reload.yaml' reloads --profile "$PROFILE.missing"
    echo '  bad: [' >>"$PROFILE"
    refused 2 'reload.yaml:[0-9]+:[0-9]+: ' reloads
    profile "$one"
    sed -i 's/interface: egress0/interface: egress9/' "$PROFILE"
    refused 1 "egress9" reloads
    sed -i 's/egress9, */egress9, /; s/interface: egress9/interface: egress0, next_hop: 10.1.0.99/' "$PROFILE"
    refused 1 "10.1.0.99" reloads
    profile "$one"
    exec 9>/run/xdpmirror/ingress.lock
    flock 9
    refused 1 'another xdpmirror command is changing ingress' reloads
    exec 9>&-
    expect "refused: nothing has changed" unchanged "$before"
    arrives "after all refusals" 31756 8081
    ip -n node link set ingress down
    refused 1 "'ingress' is down" reloads
    ip -n node link set ingress up
    expect "detach" xdpmirror detach ingress
}

# What a loader that was killed has left: a configuration that nothing runs.
half_of_one_is_cleared() {
    profile "$one"
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    node mkdir $STATE/config_2
    node bpftool map create $STATE/config_2/xm_meta type array key 4 value 4 entries 1 name half
    expect "half of one: status looks at the one that runs" equal 0 "$(xdpmirror status ingress --json | jq .received.packets)"
    expect "half of one: reload" reloads
    expect "half of one: it is gone" equal 1 "$(configurations)"
    arrives "half of one" 31756 8081
    node ln -sfn config_99 $STATE/config
    expect "names that point astray: status" equal 20 "$(xdpmirror status ingress --json | jq .received.packets)"
    expect "names that point astray: reload" reloads
    expect "names that point astray: point right" test -e $STATE/config/program
    expect "detach" xdpmirror detach ingress
    expect "nothing is left" nothing_left
}

daemon_follows() {
    profile "$one"
    daemon_start "$PROFILE"
    arrives "daemon" 31756 8081
    profile "$two"
    kill -HUP "$daemon_pid"
    expect "SIGHUP: the daemon reloads" wait_until 20 reload_seen 1
    arrives "SIGHUP: the rule as it is now" 31756 8083
    expect "SIGHUP: counters go on" equal 40 "$(rule_packets flows)"
    profile "$one"
    expect "a reload by hand" reloads
    expect "the daemon follows" wait_until 20 reload_seen 2
    echo '  bad: [' >>"$PROFILE"
    kill -HUP "$daemon_pid"
    expect "SIGHUP, bad profile: said" wait_until 20 grep -q 'the reload has failed; what was in force still is' "$SANDBOX_FILES/daemon.log"
    arrives "SIGHUP, bad profile: as before" 31756 8081
    daemon_stop
    daemon_start "$PROFILE"
    expect "a daemon over a bad profile: watches what is attached" grep -q 'the profile that is attached stays in force' "$SANDBOX_FILES/daemon.log"
    daemon_stop
    profile "$two"
    daemon_start "$PROFILE"
    expect "a daemon over a changed profile: it waits for a reload, and says so" \
        grep -q 'says otherwise than what is attached to ingress, which stays in force; put it in force' "$SANDBOX_FILES/daemon.log"
    arrives "a daemon over a changed profile: as before" 31756 8081
    kill -HUP "$daemon_pid"
    expect "SIGHUP: reloaded" wait_until 20 reload_seen 1
    arrives "a daemon over a changed profile, reloaded" 31756 8083
    daemon_stop
    expect "detach" xdpmirror detach ingress
    spawn node "$XDPMIRROR" run ingress --profile "$PROFILE" --detach-on-exit 2>>"$SANDBOX_FILES/daemon.log"
    daemon_pid=$spawned
    expect "--detach-on-exit: attached" wait_until 20 daemon_watches
    daemon_stop
    expect "--detach-on-exit: nothing is left" nothing_left
}
reload_seen() { (($(jq .reloads /run/xdpmirror/ingress.run) == $1)); }

newest() { xdpmirror history ingress --json | jq -r ".[0].$1"; }

dry_run_changes_nothing() {
    local before said
    profile "$one"
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    before=$(find $STATE | sort | xargs stat -c '%n %i')
    profile "$two"
    said=$(xdpmirror reload ingress --dry-run)
    expect "dry run: says what is added" grep -q 'ipfix' <<<"$said"
    expect "dry run: and what is changed" grep -q '8081 -> 8083' <<<"$said"
    expect "dry run: for scripts" jq -e . <<<"$(xdpmirror reload ingress --dry-run --json)" >/dev/null
    refused 2 '--json requires --dry-run' xdpmirror reload ingress --json
    sed -i 's/egress0/egress9/' "$PROFILE"
    refused 1 "egress9" xdpmirror reload ingress --dry-run
    expect "dry run: nothing has changed" unchanged "$before"
    profile "$one"
    arrives "dry run" 31756 8081
}

rolls_back() {
    profile "$two"
    reloads
    expect "history: has the reload" equal reload "$(newest command)"
    arrives "reloaded" 31756 8083
    expect "rollback" xdpmirror rollback ingress
    expect "history: has the rollback" equal rollback "$(newest command)"
    arrives "rolled back" 31756 8081
    expect "rollback: forth again" xdpmirror rollback ingress
    arrives "rolled forth" 31756 8083
    expect "rollback to a number" xdpmirror rollback ingress "$(xdpmirror history ingress --json | jq '.[1].number')"
    arrives "rolled back to a number" 31756 8081
    refused 1 'history of ingress has no .*999' xdpmirror rollback ingress 999
    expect "detach" xdpmirror detach ingress
    refused 1 'nothing is attached to ingress' xdpmirror rollback ingress
}

# What a command that was killed behind its commit has left is no less in the history.
settles() {
    local last
    profile "$one"
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    last=/var/lib/xdpmirror/ingress.history/$(printf %08d "$(newest number)")
    mv "$last.json" "$last.pending"
    expect "killed behind its commit: reload" reloads
    expect "killed behind its commit: it is in the history" test -e "$last.json"
    last=/var/lib/xdpmirror/ingress.history/$(printf %08d "$(newest number)")
    mv "$last.json" "$last.pending"
    expect "killed behind its commit: detach" xdpmirror detach ingress
    expect "killed behind its commit: it is in the history" test -e "$last.json"
    cp "$last.json" "$last.pending"
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    expect "killed before its commit: it is not" test ! -e "$last.pending"
    xdpmirror detach ingress
    mkdir -p "$STATE/config_1"
    cp "$last.json" "$last.pending"
    echo '{' >"$last.pending.new"
    expect "killed in an attach: detach" xdpmirror detach ingress
    expect "killed in an attach: nothing half is in the history" equal "" "$(find "${last%/*}" -name '*.pending*')"
}

# Where nothing can be written, packets matter more than records.
without_room() {
    local history=/var/lib/xdpmirror
    profile "$one"
    mount -t tmpfs -o size=4k,nr_inodes=2 none $history
    expect "full disk: attach" attach_says 'the history does not have this change'
    profile "$two"
    expect "full disk: reload" reload_says 'the history does not have this change'
    arrives "full disk" 31756 8083
    umount $history
    mount -t tmpfs -o ro none $history
    profile "$one"
    expect "read-only directory: reload" reload_says 'the history does not have this change.*[Rr]ead-only'
    arrives "read-only directory" 31756 8081
    expect "read-only directory: detach" xdpmirror detach ingress
    umount $history
    expect "nothing is left" nothing_left
}
attach_says() { xdpmirror attach ingress --profile "$PROFILE" 2>&1 >/dev/null | grep -q "$1"; }
reload_says() { xdpmirror reload ingress 2>&1 >/dev/null | grep -q "$1"; }

# While a reload waits for a neighbour that does not answer.
interface_vanishes() {
    local status=0
    profile "$one"
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    sed -i 's/{address: 100.76.10.11}/{address: 100.76.10.11}, {address: 10.1.0.99}/' "$PROFILE"
    spawn node "$XDPMIRROR" reload ingress 2>"$SANDBOX_FILES/refusal"
    expect "vanishes: the reload asks" wait_until 20 asked 10.1.0.99
    ip -n node link delete ingress
    wait "$spawned" || status=$?
    expect "vanishes: said in one line: $(tail -n 1 "$SANDBOX_FILES/refusal")" refusal_is_right 1 "$status" "'ingress'.* is gone|ingress.*No such device|attach again"
    expect "vanishes: detach" xdpmirror detach ingress
    expect "vanishes: nothing is left" nothing_left
    lab_link vpc fabric "$LAB_FABRIC4/24" "$LAB_FABRIC6/64" node ingress "$LAB_NODE4/24" "$LAB_NODE6/64"
    lab_receives_redirects vpc fabric
    profile "$one"
    expect "vanishes, and is back: attach" xdpmirror attach ingress --profile "$PROFILE"
    arrives "vanishes, and is back" 31756 8081
    xdpmirror detach ingress
}
asked() { ip -n node neighbour show "$1" dev egress0 | grep -q INCOMPLETE; }

# Whoever changes something, or tries, is written down.
audits() {
    syslog_up
    profile "$one"
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    profile "$two"
    xdpmirror reload ingress
    xdpmirror reload ingress --profile "$PROFILE"
    not xdpmirror attach ingress --profile "$PROFILE" 2>/dev/null
    xdpmirror rollback ingress >/dev/null
    xdpmirror upgrade ingress >/dev/null
    xdpmirror reload ingress --dry-run >/dev/null
    not xdpmirror pools drain fdi 100.76.10.11 2>/dev/null
    daemon_start "$PROFILE"
    xdpmirror egress pin ingress out egress0
    daemon_stop
    xdpmirror detach ingress
    expect "audit: attach" wait_until 20 grep -qE 'command=attach interface=ingress .*result=done' "$LOG"
    expect "audit: reload, from one configuration to another" grep -qE 'command=reload .*before=[0-9a-f]+ after=[0-9a-f]+ .*result=done' "$LOG"
    expect "audit: an attempt" grep -qE 'command=attach .*result="failed: .*already attached' "$LOG"
    expect "audit: rollback" grep -qE 'command=rollback .*result=done' "$LOG"
    expect "audit: upgrade" grep -qE 'command=upgrade .*result=done' "$LOG"
    expect "audit: a dry run changes nothing" awk '/command="reload --dry-run"/ { match($0, /before=[^ ]*/); before = substr($0, RSTART + 7, RLENGTH - 7)
        match($0, /after=[^ ]*/); if (before == substr($0, RSTART + 6, RLENGTH - 6)) good = 1 } END { exit !good }' "$LOG"
    expect "audit: a drain that is refused" grep -qE 'command="pools drain fdi/100.76.10.11" interface=ingress .*result="failed' "$LOG"
    expect "audit: a pin" grep -qE 'command="egress pin out egress0" interface=ingress .*result=done' "$LOG"
    expect "audit: detach" wait_until 20 grep -qE 'command=detach interface=ingress .*result=done' "$LOG"
}

profile "$one"
lab_up 1
counters_go_on
dry_run_changes_nothing
rolls_back
settles
without_room
interface_vanishes
audits
refusals_change_nothing
half_of_one_is_cleared
daemon_follows
suite_done
