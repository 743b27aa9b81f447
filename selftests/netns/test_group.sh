#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Members of the group xdpmirror see what root sees, byte for byte, and change nothing; nobody else sees anything.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "bpftool ethtool jq python3 setpriv tcpdump" -- "$@"

STATE=/sys/fs/bpf/xdpmirror/ingress
PROFILE=$SANDBOX_FILES/group.yaml
GROUP=47110 MEMBER=47111 STRANGER=47112

profile() {
    cat >"$PROFILE" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24]}
rules:
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
pools:
  fdi:
    collectors: [{address: 100.76.10.11}, {address: 100.76.10.12}]
    via: out
egress:
  out: {interface: egress0${1:-}}
YAML
}

# As the package makes them; the program where everybody can reach it.
people() {
    sed '/^xdpmirror:/d' /etc/group >"$SANDBOX_FILES/etc-group"
    sed '/^xdpmirror:/d' /etc/passwd >"$SANDBOX_FILES/etc-passwd"
    echo "xdpmirror:x:$GROUP:anna" >>"$SANDBOX_FILES/etc-group"
    echo "anna:x:$MEMBER:$MEMBER::/:/bin/sh" >>"$SANDBOX_FILES/etc-passwd"
    echo "otto:x:$STRANGER:$STRANGER::/:/bin/sh" >>"$SANDBOX_FILES/etc-passwd"
    mount --bind "$SANDBOX_FILES/etc-group" /etc/group
    mount --bind "$SANDBOX_FILES/etc-passwd" /etc/passwd
    chmod 0711 /sys/fs/bpf
    install -d -m 2750 -g "$GROUP" /run/xdpmirror /var/lib/xdpmirror
    touch "$SANDBOX_FILES/program" "$SANDBOX_FILES/map_row.py"
    mkdir "$SANDBOX_FILES/profiles"
    mount --bind "$XDPMIRROR" "$SANDBOX_FILES/program"
    mount --bind "$HERE/map_row.py" "$SANDBOX_FILES/map_row.py"
    mount --bind "$XDPMIRROR_CONFIG_DIR" "$SANDBOX_FILES/profiles"
    export XDPMIRROR_CONFIG_DIR=$SANDBOX_FILES/profiles
    XDPMIRROR=$SANDBOX_FILES/program
}

member() { node setpriv --reuid $MEMBER --regid $MEMBER --groups $GROUP -- "$@"; }
stranger() { node setpriv --reuid $STRANGER --regid $STRANGER --clear-groups -- "$@"; }

LOOKS=("status ingress" "status" "status ingress --json" "status --json" "drops ingress" "drops ingress --json"
    "sources ingress" "sources ingress --json" "rules ingress" "rules ingress --json" "pools ingress"
    "pools ingress --json" "history" "history ingress" "history ingress --json" "config show lab"
    "config check lab --json" "config diff --profile lab ingress" "version")

# WHO COMMAND: what it prints, on both ways, and its exit status.
answer() {
    local who=$1 words status=0
    shift
    read -ra words <<<"$*"
    "$who" "$XDPMIRROR" "${words[@]}" >"$SANDBOX_FILES/answer" 2>&1 || status=$?
    cat "$SANDBOX_FILES/answer"
    echo "exit status $status"
}

looks_alike() {
    local look root
    for look in "${LOOKS[@]}"; do
        root=$(answer node "$look")
        expect "$1: $look is what root sees" equal "$root" "$(answer member "$look")"
        [[ $look == history* ]] || expect "$1: and it is something" grep -q 'exit status 0' <<<"$root"
    done
}

# Times and counters of drivers go on between two of them.
metrics_alike() {
    local root
    root=$(answer node metrics | grep -vE '_(seconds|nic)|nic_')
    expect "metrics are what root sees" equal "$root" "$(answer member metrics | grep -vE '_(seconds|nic)|nic_')"
    expect "and they are something" grep -q '^xdpmirror_received_packets_total' <<<"$root"
}

member_changes_nothing() {
    local need='needs CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON; run it as root' before
    before=$(answer node "status ingress --json")
    refused 1 "$need" member "$XDPMIRROR" attach ingress --profile lab
    refused 1 "$need" member "$XDPMIRROR" reload ingress
    refused 1 "$need" member "$XDPMIRROR" upgrade ingress
    refused 1 "$need" member "$XDPMIRROR" detach ingress
    refused 1 "$need" member "$XDPMIRROR" confirm ingress
    refused 1 "$need" member "$XDPMIRROR" pools drain fdi 100.76.10.11
    refused 1 "$need" member "$XDPMIRROR" pools weight fdi 100.76.10.11 3
    refused 1 "$need" member "$XDPMIRROR" egress pin ingress out egress0
    expect "and everything is as it was" equal "$before" "$(answer node "status ingress --json")"
}

# map_row WHO VERB MAP
map_row() { "$1" /usr/bin/python3 "$SANDBOX_FILES/map_row.py" "$2" "$STATE/$3" 2>&1; }
denied() { [[ $("$@" 2>&1) =~ 'Permission denied'|'Operation not permitted' ]]; }

maps_can_be_read_only() {
    local map before
    before=$(answer node "drops ingress")
    for map in xm_drops xm_meta xm_pools xm_collectors xm_next_hops; do
        expect "member reads $map" equal "$(map_row node read "config/$map")" "$(map_row member read "config/$map")"
        expect "member does not write $map" denied map_row member write "config/$map"
        expect "nor with what it may open" denied map_row member write-read-only "config/$map"
        expect "stranger does not read $map" denied map_row stranger read "config/$map"
    done
    expect "bpftool writes nothing for a member" denied member bpftool map update pinned "$STATE/config/xm_pools" \
        key hex 00 00 00 00 value hex 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    expect "nor detaches the link" denied member bpftool link detach pinned "$STATE/link"
    expect "nor opens it" denied member bpftool link show pinned "$STATE/link"
    expect "nor the program, which could be run into the books" denied member bpftool prog show pinned "$STATE/config/program"
    expect "nor removes a pin" denied member rm "$STATE/link"
    expect "and all counts on" equal "$before" "$(answer node "drops ingress")"
}

secret() { node bpftool -j map dump pinned "$STATE/config/xm_secret" | jq -r '.[0].value[:6] | join("")' | sed 's/0x//g'; }

no_secret() {
    local pin secret
    secret=$(secret)
    expect "packets are handed over with a secret" test "$secret" != 000000000000
    for pin in config/xm_secret xm_watched config/xm_scratch; do
        expect "member does not read $pin" denied map_row member read $pin
    done
    for pin in "$STATE"/config/xm_*; do
        expect "the secret is not in ${pin##*/}" not grep -q "$secret" <(map_row member read "config/${pin##*/}")
    done
    expect "root reads it" grep -q "$secret" <(map_row node read config/xm_secret)
}

nobody_else() {
    local look
    for look in "status ingress" status "drops ingress" "pools --json" "config diff --profile lab ingress"; do
        # shellcheck disable=SC2086 # words of a command
        refused 1 'for root and for members of the group xdpmirror; .*adduser USER xdpmirror' stranger "$XDPMIRROR" $look
    done
    refused 1 '/var/lib/xdpmirror is for root and for members of the group xdpmirror' stranger "$XDPMIRROR" history
    expect "a profile is everybody's to check" stranger "$XDPMIRROR" config check lab
    chmod 0700 /sys/fs/bpf
    refused 1 'cannot cross /sys/fs/bpf; as root: chmod 0711 /sys/fs/bpf' member "$XDPMIRROR" status ingress
    chmod 0711 /sys/fs/bpf
}

# A loader that died between the swap and the names leaves `config` at the former one.
stale_name() {
    local now
    now=$(readlink "$STATE/config")
    expect "reload" xdpmirror reload ingress --profile "$PROFILE"
    expect "after a reload" equal "$(answer node "status ingress --json")" "$(answer member "status ingress --json")"
    mkdir "$STATE/config_99"
    ln -sfn config_99 "$STATE/config_stale" && mv -T "$STATE/config_stale" "$STATE/config"
    expect "member finds the configuration that runs" equal "$(answer node "status ingress --json")" \
        "$(answer member "status ingress --json")"
    expect "not by its name" not test "$now" = "$(readlink "$STATE/config")"
    expect "the next reload mends it" xdpmirror reload ingress --profile "$PROFILE"
}

# Books of another layout, which only root can read by the names of their fields.
former_books() {
    local former=$STATE/former_0000000000000001 book seen
    mkdir "$former"
    for book in xm_totals xm_drops xm_passes xm_notes xm_source_book xm_rule_book xm_coll_book xm_meta xm_profile; do
        bpftool map pin pinned "$STATE/config/$book" "$former/$book"
        chgrp $GROUP "$former/$book" && chmod 0640 "$former/$book"
    done
    chgrp $GROUP "$former" && chmod 0750 "$former"
    expect "root adds them up" equal 40 "$(xdpmirror status ingress --json | jq .received.packets)"
    seen=$(member "$XDPMIRROR" status ingress --json)
    expect "member sees those that he can read" equal 20 "$(jq .received.packets <<<"$seen")"
    expect "and what is left out" grep -q 'is left out, since .*former_0.*ask as root' <<<"$seen"
    rm -r "$former"
}

on_trial() {
    lab_link vpc fabric2 10.9.0.1/24 fd00:109::1/64 node ingress 10.9.0.2/24 fd00:109::2/64
    xdpmirror attach ingress --profile "$PROFILE" --confirm 10m >/dev/null
    expect "member sees that it is on trial" equal true \
        "$(member "$XDPMIRROR" status ingress --json | jq '.unconfirmed.watcher_runs and .unconfirmed.seconds_left > 0')"
    xdpmirror detach ingress
}

gone() {
    ip -n node link delete ingress
    expect "an interface that went away" equal "$(answer node "status ingress")" "$(answer member "status ingress")"
    expect "says so" grep -q 'the interface is gone' <(answer member "status ingress")
    xdpmirror detach ingress
    expect "and after the detach" equal "$(answer node status)" "$(answer member status)"
}

frames() { echo "[mirrored(IP(src='192.168.1.%d' % i, dst='172.16.0.10')/UDP(dport=31756)/b'flow') for i in range(1, 21)]"; }
counted() { books_received_is ingress "$1"; }

lab_up 0
ip -n fdi address add 100.76.10.12/24 dev eth0
people
profile
xdpmirror attach ingress --profile "$PROFILE"
send vpc fabric "$(frames)"
wait_until 20 counted 20 || :
looks_alike "attached"
member_changes_nothing
maps_can_be_read_only
nobody_else
stale_name
daemon_start "$PROFILE"
looks_alike "watched"
metrics_alike
daemon_stop
xdpmirror detach ingress
profile ", path: tc"
xdpmirror attach ingress --profile "$PROFILE"
looks_alike "by tc"
no_secret
capture_start after tunnel inside -Q in udp port 8081
send vpc fabric "$(frames)"
expect "the tc program knows them by it" wait_until 20 capture_reached after 20
capture_stop after
assert_conservation ingress
former_books
gone
on_trial
suite_done
