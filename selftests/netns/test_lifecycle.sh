#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Attach and detach in every order that happens: twice, again, two interfaces, after the interface or
# the egress has been deleted. Packets flow when attached, nothing stays when detached.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 tcpdump" -- "$@"

FLOWS="[mirrored(IP(src='192.168.1.%d' % i, dst='172.16.0.10')/UDP(sport=i, dport=31756)/b'flow') for i in range(1, 21)]"

pins() { find /sys/fs/bpf -mindepth 2 | wc -l; }

forwards() {
    capture_start after tunnel inside -Q in udp port 8081
    send vpc fabric "$FLOWS"
    expect "$1: 20 of 20 arrive" wait_until 20 capture_reached after 20
    capture_stop after
    assert_conservation ingress
}

# The program returns and leaves no process; the data plane stays.
attach_returns() {
    attach_lab
    expect "attached: something is pinned" test "$(pins)" -gt 0
    expect "and no process stays" equal '' "$(cat /proc/[0-9]*/comm 2>/dev/null | grep -x xdpmirror || :)"
    forwards "after attach"
}

second_attach_is_refused() {
    local before
    before=$(ls "/sys/fs/bpf/xdpmirror/ingress")
    expect "a second attach is refused" not node "$XDPMIRROR" attach ingress --profile lab \
        2>"$SANDBOX_FILES/second"
    expect "in one line that says so: $(cat "$SANDBOX_FILES/second")" grep -q 'already attached' "$SANDBOX_FILES/second"
    expect "and touches nothing" equal "$before" "$(ls "/sys/fs/bpf/xdpmirror/ingress")"
    forwards "after the refused attach"
}

detach_and_again() {
    local round
    for round in 1 2 3; do
        expect "detach, round $round" xdpmirror detach ingress
        expect "nothing is left" nothing_left
        attach_lab
        expect "counters begin anew" equal 0 "$(books_received "$(books_read ingress)")"
    done
    forwards "after detach and attach"
    xdpmirror detach ingress
    expect "a second detach says that nothing is there" not node "$XDPMIRROR" detach ingress \
        2>/dev/null
}

interface_deleted() {
    attach_lab
    ip -n node link delete ingress
    expect "status does not crash without its interface" status_answers
    expect "detach works without its interface" xdpmirror detach ingress
    expect "nothing is left" nothing_left
    lab_link vpc fabric "$LAB_FABRIC4/24" "$LAB_FABRIC6/64" node ingress "$LAB_NODE4/24" "$LAB_NODE6/64"
    attach_lab
    forwards "on the new interface of the same name"
    xdpmirror detach ingress
}

# An answer or a refusal in one line, but no signal.
status_answers() {
    local status=0
    xdpmirror status --json >/dev/null 2>&1 || status=$?
    ((status <= 2))
}

# Without detach in between: the pins of the dead interface must not stand in the way.
interface_replaced() {
    attach_lab
    ip -n node link delete ingress
    lab_link vpc fabric "$LAB_FABRIC4/24" "$LAB_FABRIC6/64" node ingress "$LAB_NODE4/24" "$LAB_NODE6/64"
    attach_lab
    forwards "attached over the pins of a deleted interface"
    xdpmirror detach ingress
    expect "nothing is left" nothing_left
}

egress_deleted() {
    attach_lab
    ip -n node link delete egress0
    send vpc fabric "$FLOWS"
    wait_until 20 books_received_is ingress 20 || :
    local books
    books=$(books_read ingress)
    expect "the egress is gone: all 20 are counted as dropped, $(books_drops "$books" | tr '\n' ' ')" \
        equal 20 "$(books_dropped "$books")"
    assert_conservation ingress
    expect "detach works without the egress" xdpmirror detach ingress
    expect "nothing is left" nothing_left
}

lab_up 0
attach_returns
second_attach_is_refused
detach_and_again
interface_deleted
interface_replaced
egress_deleted
suite_done
