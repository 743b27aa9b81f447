#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# An interface that carries somebody else's XDP program: attach names it and the cure, which works as
# printed, and leaves it running. --force replaces what can be replaced, says what that was, and puts
# it back when it cannot have its place.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 bpftool ping" -- "$@"

ERR=$SANDBOX_FILES/err link=''

attach() { xdpmirror attach "${DEVICE:-ingress}" --profile "${PROFILE:-lab}" "$@"; }

attaches() { attach "$@" >/dev/null; }

# The id of the program on a device of the node, 0 without one.
program_on() { ip -n node -j -d link show dev "$1" | jq '.[0].xdp.prog.id // 0'; }

# How many packets the occupant with that program id has seen.
seen_by() { bpftool --json map dump id "$(bpftool --json prog show id "$1" | jq '.map_ids[0]')" | jq -r '.. | .seen? // empty'; }

# runs ID: it is on the ingress, and sees packets.
runs() {
    local before
    [[ $(program_on ingress) == "$1" ]] || return 1
    before=$(seen_by "$1")
    on vpc ping -c 1 -W 5 "$LAB_NODE4" >/dev/null || return 1
    (($(seen_by "$1") > before))
}

# refused PATTERN OPTION...
attach_is_refused() {
    local pattern=$1
    shift
    refused 1 "$pattern" attach "$@"
    expect "nothing of ours is left" nothing_left "${others:-1}"
}

# The first command that the refusal prints as a cure, done as printed.
cure() { on node bash -c "$(sed -E 's/.*take (it|them all) off: //; s/, or .*//' "$SANDBOX_FILES/refusal")" >/dev/null; }

by_netlink() {
    local mode=$1 hook=$2 id
    occupy node ingress "$hook"
    id=$(program_on ingress)
    attach_is_refused "'ingress' already has the XDP program 'occupant' \(id $id, $mode\); take it off: ip link set dev ingress $hook off, or .*--force"
    expect "$mode: it still runs" runs "$id"
    cure
    expect "$mode: the cure works" equal 0 "$(program_on ingress)"
    expect "$mode: and attach after it" attaches
    xdpmirror detach ingress
}

forced() {
    local mode=$1 hook=$2 id
    occupy node ingress "$hook"
    id=$(program_on ingress)
    attach --force --json >"$SANDBOX_FILES/status" 2>"$ERR"
    expect "--force: $(cat "$ERR")" \
        grep -qx "xdpmirror: warning: replaced the XDP program 'occupant' (id $id, $mode) on 'ingress'; detach does not bring it back" "$ERR"
    expect "ours is there, in its own mode, by a link" equal '["attached","native","link"]' \
        "$(jq -c '[.state, .mode, .attach]' "$SANDBOX_FILES/status")"
    expect "and no other" equal "$(jq .program.id "$SANDBOX_FILES/status")" "$(program_on ingress)"
    refused_as_second
    xdpmirror detach ingress
    expect "after detach nothing is there" nothing_left
}

# --force is not for taking over from ourselves.
refused_as_second() {
    local id
    id=$(program_on ingress)
    expect "--force on our own attachment is refused" not attach --force 2>"$ERR"
    expect "as ever: $(cat "$ERR")" grep -q 'already attached.*detach it first' "$ERR"
    expect "and nothing changes" equal "$id" "$(program_on ingress)"
}

# held_link [PIN]: a link of somebody else on the ingress; its number is in `link`.
held_link() {
    : >"$SANDBOX_FILES/link"
    spawn node /usr/bin/python3 "$HERE/hold_xdp.py" ingress theirs link "$@" >"$SANDBOX_FILES/link"
    wait_until 20 test -s "$SANDBOX_FILES/link" || die "nobody holds a link"
    link=$(cat "$SANDBOX_FILES/link")
}

# link_refused HOLDER: with and without --force; then the cure.
link_refused() {
    local id option
    id=$(program_on ingress)
    for option in --json --force; do
        attach_is_refused "'theirs' \(id $id, native\), held by bpf_link $link of $1.*take it off: bpftool link detach id $link$" "$option"
        expect "$option: it is still there" equal "$id" "$(program_on ingress)"
    done
    cure
    expect "the cure works" equal 0 "$(program_on ingress)"
    expect "and attach after it" attaches
    xdpmirror detach ingress
}

by_link() {
    held_link
    link_refused "process $spawned \(python3\)"
    finish "$spawned"
}

by_pinned_link() {
    local pin=/sys/fs/bpf/theirs
    held_link "$pin"
    wait "$spawned"
    link_refused "no process .*pinned .*bpftool --bpffs link show id $link"
    rm "$pin"
}

# Programs that are known by name.
named() {
    local id name=$1 pattern=$2 option
    on node /usr/bin/python3 "$HERE/hold_xdp.py" ingress "$name" netlink
    id=$(program_on ingress)
    for option in --json --force; do
        attach_is_refused "$pattern" "$option"
        expect "$option: it is still there" equal "$id" "$(program_on ingress)"
    done
    vacate node ingress
}

# What fails before the hook does not touch the occupant, and what fails at the hook puts it back.
force_fails() {
    local id
    occupy node ingress
    id=$(program_on ingress)
    XM_COLLECTOR=203.0.113.7 attach_is_refused '203\.0\.113\.7' --force
    expect "no route: it still runs" runs "$id"
    mkdir /run/xdpmirror/ingress.confirm
    attach_is_refused 'start the timer' --force --confirm 60s
    rmdir /run/xdpmirror/ingress.confirm
    expect "no timer: it still runs" runs "$id"
    vacate node ingress

    ip -n node link add name br0 type bridge
    ip -n node address add 10.99.0.1/24 dev br0
    ip -n node link set br0 up
    occupy node br0 xdpgeneric
    id=$(program_on br0)
    DEVICE=br0 attach_is_refused "br0.*no native XDP" --force
    expect "the hook refuses: the occupant is back" equal "$id" "$(program_on br0)"
    DEVICE=br0 attach_is_refused "'occupant' \(id $id, generic\)"
    ip -n node link delete br0
}

force_on_trial() {
    occupy node ingress
    attach --force --confirm 1h >/dev/null 2>"$ERR"
    expect "--force and --confirm together: $(cat "$ERR")" grep -q "replaced the XDP program 'occupant'" "$ERR"
    expect "confirm" xdpmirror confirm ingress
    xdpmirror detach ingress
    expect "--force on a free interface is an ordinary attach" attaches --force
    xdpmirror detach ingress
}

lab_up 0
by_netlink native xdpdrv
by_netlink generic xdpgeneric
forced native xdpdrv
forced generic xdpgeneric
by_link
by_pinned_link
named xdp_dispatcher "'xdp_dispatcher' .*--shared.*xdp-loader unload ingress --all"
named xdpmirror_stub "egress of another attachment"
force_fails
force_on_trial
expect "nothing is left" nothing_left
suite_done
