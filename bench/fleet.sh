#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a fleet does to exporters when nodes, collectors and health views come and go: the lab of
# selftests/netns/test_fleet.sh, with four nodes, three collectors and a fourth that joins. bench/fleet.sh
# ["HEALTH"] prints a row for each kind of event; HEALTH is what a profile has in `health` beside the question
# (default: "every: 2s", and so the defaults). XDPMIRROR is the binary (default: the dev build), FLEET_KEEP a directory
# for the judge's figures and the daemons' journals. Some minutes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../selftests/netns/suite.sh"
# shellcheck source=netns/fleet.sh
source "$HERE/fleet.sh"
suite_enter "jq python3 nft" -- "$@"

FLEET_PACE=3000
FLEET_HEALTH=${1:-"every: 2s"}
NODES="1 2 3 4"
UNNOTICED=2 # seconds until the balancer sees that a node is dead
SHORT=5     # seconds for which views differ by what is done to them

agree() { for node in $NODES; do fleet_agree "$1" "$2" "$node"; done; }

nodes() {
    phase "nothing happens" "1 2 3"
    phase "a node is taken out of the balancer" "1 2 3"
    fleet_balance 1 2 3
    phase "it is put back" "1 2 3"
    fleet_balance 1 2 3 4
    phase "a node dies, noticed after $UNNOTICED s" "1 2 3"
    fleet_dies 4
    sleep $UNNOTICED
    fleet_balance 1 2 3
    fleet_forgets
    phase "a new node takes its place" "1 2 3"
    fleet_replace 4 "$SANDBOX_FILES/three" new
    fleet_balance 1 2 3 4
}

# down_and_up KIND COLLECTOR DOWN UP: commands that take it.
down_and_up() {
    local without=${ALL/$2/$2!}
    phase "$1 #$2" "$ALL" "$without"
    dead "$2"
    "$3" "$2"
    agree "$2" "not used"
    phase "it is back #$1 $2" "$without" "$ALL"
    "$4" "$2"
    alive "$2"
    agree "$2" used
}
fleet_silent() {
    on "collector$1" nft "add table inet off
        add chain inet off input { type filter hook input priority 0; }
        add rule inet off input tcp dport 8080 drop"
}
fleet_audible() { on "collector$1" nft delete table inet off; }

collectors() {
    ALL="1 2 3"
    for one in 1 2 3; do down_and_up "a collector refuses" $one fleet_target_down fleet_target_up; done
    for one in 1 2 3; do down_and_up "a collector is silent" $one fleet_silent fleet_audible; done
}

# As systemd starts it again, after a second, when it was killed.
daemon_dies() {
    phase "a daemon is killed, then a collector refuses" "1 2 3" "1! 2 3"
    fleet_halt 1 KILL
    dead 1
    fleet_target_down 1
    for node in 2 3 4; do fleet_agree 1 "not used" $node; done
    sleep 1
    fleet_run 1 "$SANDBOX_FILES/three"
    fleet_agree 1 "not used" 1
    phase "it is back #daemon" "1! 2 3" "1 2 3"
    fleet_target_up 1
    alive 1
    agree 1 used
}

blind() {
    phase "one node is blind, for $SHORT s more" "1 2 3" "1 2! 3" -
    fleet_hide 1 2
    fleet_agree 2 "not used" 1
    sleep $SHORT
    phase "it sees again" "1 2! 3" "1 2 3"
    fleet_show
    fleet_agree 2 used 1
}

by_hand() {
    phase "drained on one node, on the others $SHORT s later" "1 2 3" "1! 2 3"
    fleet_pools 1 drain 1
    sleep $SHORT
    for node in 2 3 4; do fleet_pools $node drain 1; done
    agree 1 drained
    phase "a new node that knows of no drain, for $SHORT s" "1! 2 3" "1 2 3" -
    fleet_replace 4 "$SANDBOX_FILES/three" new
    sleep $SHORT
    phase "drained there too" "1 2 3" "1! 2 3"
    fleet_pools 4 drain 1
    fleet_agree 1 drained 4
    phase "undrained on all, one after the other" "1! 2 3" "1 2 3"
    for node in $NODES; do fleet_pools "$node" undrain 1; done
    agree 1 used
    phase "weight 2 on one node, on the others $SHORT s later" "1 2 3" "1*2 2 3"
    fleet_weigh 1 2 500 1
    sleep $SHORT
    fleet_weigh 1 2 500 2 3 4
    phase "weight 1 on all, one after the other" "1*2 2 3" "1 2 3"
    fleet_weigh 1 1 333 1 2 3 4
}

profiles() {
    fleet_profile "$SANDBOX_FILES/four" 1 2 3 4
    fleet_profile "$SANDBOX_FILES/reserve" 1 2 3 "4*0"
    phase "one more by profile, node by node" "1 2 3" "1 2 3 4"
    for node in $NODES; do fleet_replace "$node" "$SANDBOX_FILES/four"; done
    phase "and out again, node by node" "1 2 3 4" "1 2 3"
    for node in $NODES; do fleet_replace "$node" "$SANDBOX_FILES/three"; done
    daemon_dies
    phase "one more with weight 0 by profile, node by node" "1 2 3" "1 2 3 4*0"
    for node in $NODES; do fleet_replace "$node" "$SANDBOX_FILES/reserve"; done
    phase "its weight by hand on all, one after the other" "1 2 3" "1 2 3 4"
    fleet_weigh 4 1 250 1 2 3 4
    phase "one of four collectors refuses" "1 2 3 4" "1 2 3! 4"
    dead 3
    fleet_target_down 3
    agree 3 "not used"
    phase "a new node takes the place of one meanwhile" "1 2 3! 4"
    fleet_replace 2 "$SANDBOX_FILES/four" new
}

fleet_up 4 4
fleet_profile "$SANDBOX_FILES/three" 1 2 3
for node in $NODES; do fleet_run "$node" "$SANDBOX_FILES/three"; done
# shellcheck disable=SC2086 # one argument a node
fleet_balance $NODES
fleet_stream_start
nodes
collectors
blind
by_hand
profiles
fleet_stream_stop
for node in $NODES; do fleet_count "$node"; done
fleet_judge

echo "kernel $(uname -r), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg); $FLEET_EXPORTERS exporters, $FLEET_PACE packets a second; health {$FLEET_HEALTH}"
[[ -z ${FLEET_KEEP:-} ]] || cp "$SANDBOX_FILES"/{judged,marks,daemon*.log} "$FLEET_KEEP"
/usr/bin/python3 "$ROOT/bench/fleet_report.py" "$SANDBOX_FILES/judged" "$fleet_received" "$fleet_delivered" "$fleet_dropped"
((fleet_delivered == $(jq .arrived "$SANDBOX_FILES/judged"))) || die "the nodes' books are not what the collectors got"
