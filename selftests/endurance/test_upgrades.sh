#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Upgrades and downgrades under full load, between this version and one whose tables are laid out otherwise: no
# packet is lost, dropped or handled by two configurations, and no counter goes backwards, whichever version reads
# them. Every other time the profile changes as well. Arguments: how many (10), seed (the time). The seed is printed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
source "$ROOT/selftests/endurance/load.sh"
source "$ROOT/selftests/endurance/verdict.sh"
[[ -x ${XM_OTHER_VERSION:?} ]] || die "no binary of another version at $XM_OTHER_VERSION"
endurance_enter "" -- "$@"

TIMES=${1:-10} SEED=${2:-$EPOCHSECONDS}
VERSIONS=("$XM_OTHER_VERSION" "$XDPMIRROR")

takes_over() {
    if ((RANDOM % 2)); then
        next_generation
        xdpmirror reload ingress
    else
        xdpmirror upgrade ingress
    fi >>"$SANDBOX_FILES/said" 2>&1
}

say "seed $SEED"
RANDOM=$SEED
endurance_lab
endurance_profiles $((TIMES + 1)) "$SEED" plain
load_start --rate 0
next_generation
xdpmirror attach ingress --profile "$PROFILE" >>"$SANDBOX_FILES/said" 2>&1
load send
load_goes_on 2000
true & # counters are sampled between the upgrades, by the version that can read them all
counters_pid=$!
: >"$SANDBOX_FILES/samples.err"
for ((i = 0; i < TIMES; i++)); do
    sample_counters before_and_after
    XDPMIRROR=${VERSIONS[i % 2]}
    from=${EPOCHREALTIME/./}
    takes_over || die "upgrade $i of seed $SEED: $(tail -n 1 "$SANDBOX_FILES/said")"
    ms_since "$from" >>"$SANDBOX_FILES/upgrade_ms"
    sample_counters before_and_after
    load_goes_on 2000
done
expect "packets of the last generation come out" wait_until 20 load_sees "$generation"
spread upgrade_ms "$SANDBOX_FILES/upgrade_ms"
judge_load in_order
judge_counters
figure upgrades "$TIMES"
expect "detach" xdpmirror detach ingress
expect "nothing is left" nothing_left
suite_done
