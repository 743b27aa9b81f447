#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Reloads under full load, each to other rules: no packet is lost, dropped, or handled by two configurations,
# and the books go on. First without a daemon, then with one. Arguments: how many (40), kind of profiles (plain;
# see profiles.py), seed (the time). The seed is printed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
source "$ROOT/selftests/endurance/load.sh"
source "$ROOT/selftests/endurance/verdict.sh"
endurance_enter "" -- "$@"

TIMES=${1:-40} KIND=${2:-plain} SEED=${3:-$EPOCHSECONDS}

# reloads HOW_MANY NAME: by hand, one after another.
reloads() {
    local i from
    for ((i = 0; i < $1; i++)); do
        next_generation
        from=${EPOCHREALTIME/./}
        xdpmirror reload ingress >>"$SANDBOX_FILES/said" 2>&1 || die "reload to generation $generation of seed $SEED: $(tail -n 1 "$SANDBOX_FILES/said")"
        ms_since "$from" >>"$SANDBOX_FILES/$2"
    done
    expect "$2: packets of the last generation come out" wait_until 20 load_sees "$generation"
    spread "$2" "$SANDBOX_FILES/$2"
}

# As many generations came out as could be seen between two reloads: else the load did not flow.
came_out() { (($(load_figure '[.sinks[].switches] | add') >= $1)); }
daemon_follows() { grep -q "watching configuration $1 of ingress" "$SANDBOX_FILES/daemon.log"; }

# With every name that there was, each has all that it ever counted.
names_have_all() {
    next_generation
    expect "all names: reload" xdpmirror reload ingress
    expect "the rules of all generations together have all packets" \
        equal "$(load_figure .sent)" "$(xdpmirror rules ingress --json | jq '[.rules[].packets] | add')"
    expect "so have the sources" equal "$(load_figure .sent)" "$(xdpmirror sources ingress --json | jq '[.sources[].delivered.packets] | add')"
}

say "seed $SEED"
endurance_lab
endurance_profiles $((TIMES + 1)) "$SEED" "$KIND"
endurance_profiles 1 "$SEED" roll $((TIMES + 2))
load_start --rate 0
next_generation
xdpmirror attach ingress --profile "$PROFILE" >>"$SANDBOX_FILES/said" 2>&1
load send
load_goes_on 2000
watch_counters
reloads $((TIMES / 2)) reload_ms
daemon_start "$PROFILE"
reloads $((TIMES - TIMES / 2)) reload_with_daemon_ms
expect "the daemon follows" wait_until 20 daemon_follows $((TIMES + 1))
# a packet that waits for the tc program is overtaken by those that the next generation redirects
if [[ $KIND == handover ]]; then judge_load overtaking; else judge_load in_order; fi
expect "packets of at least $((TIMES / 2)) generations came out" came_out $((TIMES / 2))
judge_counters
names_have_all
figure reloads "$TIMES"
daemon_stop TERM
expect "detach" xdpmirror detach ingress
expect "nothing is left" nothing_left
suite_done
