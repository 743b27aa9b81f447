#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Reloads under load, each with rules and collectors that were never there before, until the books have given
# every row away and give them again: each name counts its own packets and nobody else's. Argument: how many (7;
# rows of collectors run out at the 5th, of rules at the 6th).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
source "$ROOT/selftests/endurance/load.sh"
source "$ROOT/selftests/endurance/verdict.sh"
endurance_enter "" -- "$@"

TIMES=${1:-7}
POOLS=1000

# Under load the old names have what came before, and how much that is nobody knows; so packets are counted once
# more when the new ones are in force.
new_names_count() {
    local before rules
    load stop
    rules=$(counted rules)
    before=$(load_figure .sent)
    load send
    load_goes_on 20000
    load stop
    expect "$1: the rules have counted what was sent since" equal $(($(load_figure .sent) - before)) $(($(counted rules) - rules))
    expect "$1: its collectors have what its rules have" equal "$(counted rules)" "$(counted pools)"
    expect "$1: no rule has more than all packets since the one before" test "$(counted rules)" -le $(($(load_figure .sent) - sent_before))
    sent_before=$before
    load send
}
counted() { xdpmirror "$1" ingress --json | jq '[.. | objects | .packets? | numbers] | add'; }

endurance_lab
endurance_profiles "$TIMES" 1 wide=$POOLS
load_start --rate 100000
next_generation
xdpmirror attach ingress --profile "$PROFILE" >>"$SANDBOX_FILES/said" 2>&1
sent_before=0
load send
new_names_count "generation 1"
for ((i = 2; i <= TIMES; i++)); do
    next_generation
    expect "reload to generation $i" xdpmirror reload ingress 2>>"$SANDBOX_FILES/said"
    new_names_count "generation $i"
done
judge_load in_order
expect "detach" xdpmirror detach ingress
suite_done
