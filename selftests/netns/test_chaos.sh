#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A hundred things at random happen to links, devices, neighbours and routes while traffic flows and the
# daemon watches: after each, traffic is back, and in the end every packet is in the books, which never
# went backwards. Arguments: how many (100), seed (the time). The seed is printed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/failover.sh"
suite_enter "ethtool jq python3 ping" -- "$@"

TIMES=${1:-100} SEED=${2:-$EPOCHSECONDS}
RANDOM=$SEED

random_mac() { printf '02:00:00:00:%02x:%02x' $((RANDOM % 256)) $((RANDOM % 256)); }
quietly() { "$@" 2>/dev/null || :; }

# Each ends with its cause gone.
flush() { ip -n node neighbour flush dev "$1"; }
forget() { quietly ip -n node neighbour del "$2" dev "$1"; }
new_mac() { ip -n tunnel link set dev "$1" address "$(random_mac)"; }
bounce() {
    ip -n node link set "$1" down
    ip -n node link set "$1" up
    routes_again
}
lose_carrier() {
    ip -n tunnel link set "$1" down
    quietly flows 5
    ip -n tunnel link set "$1" up
    routes_again
}
lose_route() {
    ip -n node route del 100.76.0.0/16 dev egress0
    routes_again
}
recreate() {
    recreate_egress
    routes_again
}
silent_peer() { # carrier, but nobody answers
    ip -n tunnel address del 10.1.0.2/24 dev inside
    quietly flows 10
    ip -n tunnel address add 10.1.0.2/24 dev inside
    quietly ip -n tunnel address add 10.1.0.3/24 dev inside
}
restart_daemon() {
    daemon_stop KILL
    daemon_start "$PROFILE"
}

routes_again() {
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
    quietly ip -n node route append 100.76.0.0/16 via 10.2.0.2 dev egress1 metric 200
}

CAUSES=("flush egress0" "flush egress1" "forget egress0 10.1.0.2" "forget egress1 10.2.0.2"
    "new_mac inside" "new_mac inside1" "bounce egress0" "bounce egress1" "lose_carrier inside"
    "lose_carrier inside1" "lose_route" "recreate" "silent_peer" "restart_daemon")

figures() { jq -c '[.received.packets, .delivered.packets, (.drops[] | .packets)]' <<<"$(books_read ingress)"; }
# not_less BEFORE AFTER: no figure of the second is below that of the first; delivered may lose what was
# refused after the verdict, and received what is still on its way.
not_less() {
    jq -n -e --argjson a "$1" --argjson b "$2" '[range($a | length) | select(. != 1)] | all($a[.] <= $b[.])' >/dev/null
}

lab_up 0
second_link
ip -n tunnel address add 10.1.0.3/24 dev inside
profile "interface: egress0, failover: {hold_down: 1s}, standby: {interface: egress1}"
xdpmirror attach ingress --profile "$PROFILE" >/dev/null
daemon_start "$PROFILE"
stream_start
say "seed $SEED"
for ((i = 1; i <= TIMES; i++)); do
    what=${CAUSES[RANDOM % ${#CAUSES[@]}]}
    before=$(figures)
    from=$(now_ns)
    $what
    expect "$i $what: traffic is back" flows 15
    say_note "longest gap $(gap "$from") ms"
    expect "$i $what: no counter went backwards" not_less "$before" "$(figures)"
done
stream_stop
wait_until 20 books_received_is ingress "$(cat "$SANDBOX_FILES/sent")" || :
books=$(books_read ingress)
expect "every packet of the stream was received" equal "$(cat "$SANDBOX_FILES/sent")" "$(books_received "$books")"
assert_conservation ingress
expect "what was delivered did not arrive twice" test "$(wc -l <"$SANDBOX_FILES/arrived")" -le "$(books_delivered "$books")"
say_note "sent $(cat "$SANDBOX_FILES/sent"), delivered $(books_delivered "$books"), arrived $(wc -l <"$SANDBOX_FILES/arrived"), dropped: $(books_drops "$books" | tr '\n' ' ')"
daemon_stop TERM
suite_done
