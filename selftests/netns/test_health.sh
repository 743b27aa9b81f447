#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Health checks that move exporters: real HTTP servers that answer, lie, hang and die, TCP, UDP and ICMP; a
# way that is down is not a collector that is down; and what all_down does. Where every exporter goes is
# judged by the reference for docs/balance.md.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/pools.sh"
source "$HERE/servers.sh"
suite_enter "jq python3 tcpdump" -- "$@"

FAST="every: 500ms, timeout: 500ms, rise: 2, fall: 2"

all_are() { health_is "$A" "$1" && health_is "$B" "$1" && health_is "$C" "$1"; }

watches() {
    pool "{address: $A}, {address: $B}, {address: $C}" "health: {$1, $FAST}, all_down: ${2:-hold}"
    : >"$SANDBOX_FILES/daemon.log"
    daemon_start "$PROFILE"
}
done_watching() {
    daemon_stop TERM
    xdpmirror detach ingress
}

by_http() {
    for one in $A $B $C; do server_start "$one"; done
    watches "http: {port: 8080, path: /healthz}"
    expect "http: all are up" wait_until 20 all_are up
    balanced "http: all are up" "$A" "$B" "$C"
    server_stop "$B"
    expect "http: killed: down" wait_until 20 health_is "$B" down
    expect "http: killed: not used" wait_until 20 state_is "$B" "not used"
    expect "http: killed: why" equal "connection refused" "$(of_pool "$B" .why_not)"
    balanced "http: one killed" "$A" "$B"! "$C"
    server_start "$B" 503
    expect "http: lies: still down" wait_until 20 why_is "$B" "HTTP 503"
    balanced "http: one answers 503" "$A" "$B"! "$C"
    server_stop "$B"
    server_start "$B"
    expect "http: back: used" wait_until 60 state_is "$B" used
    balanced "http: back, as at first" "$A" "$B" "$C"
    kill -STOP "${server[$C]}"
    expect "http: frozen: not used" wait_until 20 state_is "$C" "not used"
    expect "http: frozen: why" equal "no answer within 500ms" "$(of_pool "$C" .why_not)"
    balanced "http: one frozen" "$A" "$B" "$C"!
    kill -CONT "${server[$C]}"
    expect "http: thawed" wait_until 60 state_is "$C" used
}

# The whole way is down: nobody's fault, and nobody moves.
the_way_is_down() {
    ip -n tunnel link set outside down
    ip -n node link set egress0 down
    expect "way down: said of every collector" wait_until 20 why_is "$A" "is down"
    expect "way down: health is as it was" all_are up
    expect "way down: nobody moved" equal "333 333 333" "$(share "$A") $(share "$B") $(share "$C")"
    ip -n node link set egress0 up
    ip -n tunnel link set outside up
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2
    expect "way up: all are up" wait_until 60 all_are up
    balanced "way up: nobody has moved" "$A" "$B" "$C"
}

none_is_left() {
    for one in $A $B $C; do server_stop "$one"; done
    expect "hold: all are down" wait_until 20 all_are down
    observe $((EXPORTERS * ROUNDS))
    expect "hold: every packet goes on" equal $((EXPORTERS * ROUNDS)) "$(wc -l <"$SANDBOX_FILES/seen")"
    done_watching
}

# Under hold who was used last keeps everything; with drop nothing is sent, with spread as if all were well.
all_down() {
    none_is_left
    watches "http: {port: 8080}" drop
    expect "drop: all are down" wait_until 20 all_are down
    expect "drop: nobody is used" wait_until 20 shares_are "0 0 0"
    observe 0
    expect "drop: every packet is counted" equal $((EXPORTERS * ROUNDS)) "$(books_drop "$(books_read ingress)" no_collector)"
    assert_conservation ingress
    done_watching
    watches "http: {port: 8080}" spread
    expect "spread: all are down" wait_until 20 all_are down
    balanced "spread: as if all were well" "$A" "$B" "$C"
    done_watching
}
shares_are() { [[ "$(share "$A") $(share "$B") $(share "$C")" == "$1" ]]; }

# One without a weight is no reserve: it takes nothing, and does not count as somebody who is left.
weightless() {
    server_start "$C"
    pool "{address: $A}, {address: $C, weight: 0}" "health: {tcp: {port: 8080}, $FAST}"
    daemon_start "$PROFILE"
    expect "weight 0: the other one is down" wait_until 20 health_is "$A" down
    expect "weight 0: this one is well" wait_until 20 health_is "$C" up
    observe $((EXPORTERS * ROUNDS))
    expect "weight 0: hold, and everything goes on" \
        equal "$((EXPORTERS * ROUNDS)) $A" "$(cut -d' ' -f2 "$SANDBOX_FILES/seen" | uniq -c | xargs)"
    done_watching
    server_stop "$C"
}

by_others() {
    for one in $A $B; do server_start "$one"; done
    watches "tcp: {port: 8080}"
    expect "tcp: the one without a server is down" wait_until 20 health_is "$C" down
    balanced "tcp: one is down" "$A" "$B" "$C"!
    done_watching
    collector_deaf fdi 8090 "$A" "$C"
    listener=$spawned
    watches "udp: {port: 8090}"
    expect "udp: the one whose port is closed is down" wait_until 20 health_is "$B" down
    expect "udp: and why" equal "port unreachable" "$(of_pool "$B" .why_not)"
    balanced "udp: one is down" "$A" "$B"! "$C"
    done_watching
    finish "$listener"
    ip -n fdi address del "$C"/32 dev eth0
    watches "icmp: {}"
    expect "icmp: the one whose address is gone is down" wait_until 20 health_is "$C" down
    expect "icmp: its packets go to others" wait_until 20 shares_are "500 500 0"
    ip -n fdi address add "$C"/32 dev eth0
    expect "icmp: back" wait_until 60 state_is "$C" used
    done_watching
}

bad_input() {
    pool "{address: $A}" "health: {icmp: {}}"
    refused 1 "CAP_NET_RAW" node setpriv --bounding-set=-net_raw --inh-caps=-net_raw \
        "$XDPMIRROR" run ingress --profile "$PROFILE"
}

lab_up 0
for address in $B $C; do ip -n fdi address add "$address"/32 dev eth0; done
# health checks come from the node itself
ip -n fdi route add 10.1.0.0/24 via 100.76.10.1
by_http
the_way_is_down
all_down
weightless
by_others
bad_input
suite_done
