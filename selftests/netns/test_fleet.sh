#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Several nodes that know nothing of each other, behind a hash: no exporter is split over two collectors while
# their views are equal, whoever comes and goes; while they differ, only those exporters are about which they
# differ; and the books of all nodes are what the collectors got. No expectation depends on a clock.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/fleet.sh"
suite_enter "jq python3 nft" -- "$@"

# In so many ways, by the command of docs/fleet.md.
views() { for node in 1 2 3; do fleet_documented $node sha256sum; done | sort -u | wc -l; }

nodes_come_and_go() {
    phase "all" "1 2 3"
    expect "the documented command says that all agree" equal 1 "$(views)"
    phase "a node leaves" "1 2 3"
    fleet_balance 1 2
    phase "a node returns" "1 2 3"
    fleet_balance 1 2 3
    phase "a node dies" "1 2 3"
    fleet_dies 2
    fleet_round
    fleet_balance 1 3
    fleet_forgets
    phase "a new one takes its place" "1 2 3"
    fleet_replace 2 "$SANDBOX_FILES/three" new
    fleet_balance 1 2 3
}

collector_dies() {
    phase "a collector dies" "1 2 3" "1 2! 3"
    dead 2
    fleet_target_down 2
    fleet_agree 2 "not used" 1 2 3
    phase "a node is replaced meanwhile" "1 2! 3"
    fleet_replace 3 "$SANDBOX_FILES/three" new
    phase "the collector is back" "1 2! 3" "1 2 3"
    fleet_target_up 2
    alive 2
    fleet_agree 2 used 1 2 3
}

views_differ() {
    phase "one node is blind" "1 2 3" "1 2 3!" -
    fleet_hide 1 3
    fleet_agree 3 "not used" 1
    expect "the documented command says that one does not" equal 2 "$(views)"
    phase "it sees again" "1 2 3!" "1 2 3"
    fleet_show
    fleet_agree 3 used 1
    phase "drained, node by node" "1 2 3" "1! 2 3"
    for node in 1 2 3; do fleet_pools $node drain 1; done
    fleet_agree 1 drained 1 2 3
    phase "undrained, node by node" "1! 2 3" "1 2 3"
    for node in 1 2 3; do fleet_pools $node undrain 1; done
    fleet_agree 1 used 1 2 3
}

collector_joins() {
    fleet_profile "$SANDBOX_FILES/four" 1 2 3 "4*0"
    phase "another one without weight" "1 2 3" "1 2 3 4*0"
    for node in 1 2 3; do fleet_replace $node "$SANDBOX_FILES/four"; done
    phase "and with a weight" "1 2 3" "1 2 3 4"
    fleet_weigh 4 1 250 1 2 3
    phase "at the end" "1 2 3 4"
}

# judged PHASE nobody|somebody: who may move.
judged() {
    local name=$1
    expect "$name: no packet is elsewhere than a view in force says" equal 0 "$(fleet_figure "$name" strays)"
    [[ $(fleet_figure "$name" misplaced) == null ]] ||
        expect "$name: every exporter ends where the last view says" equal 0 "$(fleet_figure "$name" misplaced)"
    [[ $name == "a node dies" ]] || expect "$name: nothing is lost" equal 0 "$(fleet_figure "$name" lost)"
    if [[ $2 == nobody ]]; then
        expect "$name: no exporter is split, or moves" equal "0 0" "$(fleet_figure "$name" split) $(fleet_figure "$name" moved)"
    else
        expect "$name: an exporter with one flow is never split" equal 0 "$(fleet_figure "$name" split_single_flow)"
    fi
}
least_moved() { expect "$1: who moves has to" equal "$(fleet_figure "$1" least)" "$(fleet_figure "$1" moved)"; }

fleet_up 3 4
fleet_profile "$SANDBOX_FILES/three" 1 2 3
for node in 1 2 3; do fleet_run $node "$SANDBOX_FILES/three"; done
fleet_balance 1 2 3
fleet_stream_start
nodes_come_and_go
collector_dies
views_differ
collector_joins
fleet_stream_stop
for node in 1 2 3; do fleet_count $node; done
fleet_judge

for one in "all" "a node leaves" "a node returns" "a node dies" "a new one takes its place" \
    "a node is replaced meanwhile" "another one without weight" "at the end"; do
    judged "$one" nobody
done
for one in "a collector dies" "the collector is back" "one node is blind" "it sees again" "drained, node by node" "undrained, node by node" \
    "and with a weight"; do
    judged "$one" somebody
done
for one in "a collector dies" "the collector is back" "drained, node by node" "undrained, node by node"; do least_moved "$one"; done
expect "a collector dies: it had exporters, and packets until the nodes knew" test "$(fleet_figure "a collector dies" dead)" -gt 0
expect "a node is replaced meanwhile: nothing goes to the dead one" equal 0 "$(fleet_figure "a node is replaced meanwhile" dead)"
expect "one node is blind: exporters with several flows are split" test "$(fleet_figure "one node is blind" split)" -gt 0
sent=$(cat "$SANDBOX_FILES/sent") arrived=$(jq .arrived "$SANDBOX_FILES/judged")
expect "a node dies: what it was still sent is lost, and nothing else" equal "$fleet_lost" "$(fleet_figure "a node dies" lost)"
expect "sent $sent, lost at the dead node $fleet_lost, received by all nodes the rest" \
    equal "$((sent - fleet_lost))" "$fleet_received"
expect "delivered by all nodes, dead collectors included" equal "$arrived" "$fleet_delivered"
expect "dropped, or twice: none" equal "0 0" "$fleet_dropped $(jq .twice "$SANDBOX_FILES/judged")"
say_note "$(jq -c '.phases[] | [.name, .split, .split_ms, .dead, .moved, .least]' "$SANDBOX_FILES/judged" | tr '\n' ' ')"
((suite_failed == 0)) || grep -H "not used any more" "$SANDBOX_FILES"/daemon*.log || :
suite_done
