#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The daemon: next hops that change, devices that go and come, standbys, probes, an operator's choice.
# A steady stream of numbered packets says when traffic was back, and the books where the rest went.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/failover.sh"
suite_enter "ethtool jq python3 ping" -- "$@"

# The far end of the primary is dead, though its link and its neighbour are well.
probes() {
    profile "interface: egress0, probe: 10.9.0.1, failover: {hold_down: 1s, fall: 2}, standby: {interface: egress1, probe: 10.2.0.2}"
    ip -n tunnel address add 10.9.0.1/32 dev lo
    ip -n node route replace 10.9.0.1/32 via 10.1.0.2 dev egress0
    daemon_start "$PROFILE"
    expect "probes: the primary is used while it answers" uses_way out egress0
    ip -n tunnel address del 10.9.0.1/32 dev lo
    expect "probes: no answer, and the standby is used" wait_until 20 uses_way out egress1
    expect "probes: status says why" equal "its probe 10.9.0.1 does not answer" "$(why_not egress0)"
    ip -n tunnel address add 10.9.0.1/32 dev lo
    expect "probes: answers again, and it is used again" wait_until 20 uses_way out egress0
    expect "probes: the journal tells" grep -q "moves from 'egress0' to 'egress1': its probe 10.9.0.1 does not answer" <(daemon_log)
    daemon_stop TERM
    xdpmirror detach ingress
}

bad_input() {
    refused 1 "nothing is attached to ingress" xdpmirror egress pin ingress out egress1
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    refused 1 "nobody watches ingress.*xdpmirror run ingress" xdpmirror egress pin ingress out egress1
    refused 2 "no egress 'in' in the profile of ingress.*'?out" xdpmirror egress pin ingress in egress1
    refused 2 "egress 'out' has no way by 'eth9'" xdpmirror egress pin ingress out eth9
    profile "interface: egress0"
    daemon_start "$PROFILE"
    expect "a changed profile waits for a reload" grep -q 'says otherwise than what is attached to ingress' <(daemon_log)
    daemon_stop
    xdpmirror detach ingress
}

lab_up 0
second_link
profile "interface: egress0, failover: {hold_down: 1s}, standby: {interface: egress1}"
expect "attach: says that nobody watches" grep -q "nobody watches" <(xdpmirror attach ingress --profile "$PROFILE")
daemon_start "$PROFILE"
expect "the daemon takes over what was attached" grep -q 'took over the attachment of ingress' <(daemon_log)
stream_start

cause "neighbour flushed" ip -n node neighbour flush dev egress0
expect "the daemon has asked for it again" wait_until 20 knows_neighbour 10.1.0.2
cause "neighbour deleted" ip -n node neighbour del 10.1.0.2 dev egress0
cause "MAC of the next hop changed" change_mac 02:00:00:00:11:11
cause "and again" change_mac 02:00:00:00:22:22
ip -n tunnel address add 10.1.0.3/24 dev inside
cause "route moved to another gateway" ip -n node route replace 100.76.0.0/16 via 10.1.0.3 dev egress0
expect "the first way is in use all along" uses_way out egress0
cause "primary without carrier" primary_down
expect "its standby is used" uses_way out egress1
expect "status says why" equal "it has no carrier" "$(why_not egress0)"
cause "primary back" primary_up
expect "traffic goes back to it after the hold-down" wait_until 20 uses_way out egress0
cause "primary set down by hand" ip -n node link set egress0 down
expect "the standby again" uses_way out egress1
ip -n node link set egress0 up
ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
expect "and back" wait_until 20 uses_way out egress0
cause "device deleted and made anew" recreate_egress
expect "it is used under its new ifindex" wait_until 20 uses_way out egress0
expect "its stub is not forgotten" flows 20
cause "pinned to the standby" xdpmirror egress pin ingress out egress1
expect "pinned: used" wait_until 20 uses_way out egress1
kill -STOP "$daemon_pid" # nobody would correct what the reload does
cause "reloaded" xdpmirror reload ingress
expect "reloaded: the way in use stays in use" uses_way out egress1
kill -CONT "$daemon_pid"
xdpmirror egress unpin ingress out
expect "unpinned: back" wait_until 20 uses_way out egress0

before=$(last_arrived)
daemon_stop KILL
expect "killed: packets go on" flows 20
expect "killed: status says that nobody watches" grep -q "nobody watches" <(xdpmirror status ingress)
daemon_status=0
daemon_start "$PROFILE"
cause "a new daemon watches" change_mac 02:00:00:00:33:33
expect "a second daemon is refused" grep -q "another daemon runs for ingress, process $daemon_pid" \
    <(node "$XDPMIRROR" run ingress --profile "$PROFILE" 2>&1 || :)
stream_stop
wait_until 20 books_received_is ingress "$(cat "$SANDBOX_FILES/sent")" || :
books=$(books_read ingress)
expect "every packet of the stream was received" equal "$(cat "$SANDBOX_FILES/sent")" "$(books_received "$books")"
assert_conservation ingress
arrived=$(wc -l <"$SANDBOX_FILES/arrived")
say_note "sent $(cat "$SANDBOX_FILES/sent"), delivered $(books_delivered "$books"), arrived $arrived, dropped: $(books_drops "$books" | tr '\n' ' ')"

daemon_stop TERM
expect "SIGTERM ends it with 0" equal 0 "$daemon_status"
expect "and leaves the attachment" xdpmirror status ingress
daemon_start "$PROFILE"
xdpmirror detach ingress
expect "detached under it, the daemon ends" wait_until 20 not kill -0 "$daemon_pid"
bad_input
probes
suite_done
