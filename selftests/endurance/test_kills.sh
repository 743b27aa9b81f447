#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The daemon is killed at random moments under load, idle or in the middle of a reload, its own or one by hand
# that is killed as well, and started again: no packet is lost or handled by two configurations, no counter goes
# backwards, and the new daemon does what it is asked. Arguments: how many (15), seed (the time). The seed is
# printed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
source "$ROOT/selftests/endurance/load.sh"
source "$ROOT/selftests/endurance/verdict.sh"
source "$ROOT/selftests/endurance/deeds.sh"
endurance_enter "" -- "$@"

TIMES=${1:-15} SEED=${2:-$EPOCHSECONDS}
RANDOM=$SEED

# What the daemon is at when it dies.
idle() { random_moment 300; }
in_its_reload() {
    next_generation
    kill -HUP "$daemon_pid"
    random_moment 150
}
in_a_reload_by_hand() {
    next_generation
    spawn node "$XDPMIRROR" reload ingress >>"$SANDBOX_FILES/said" 2>&1
    random_moment 100
    kill -KILL "$spawned" 2>/dev/null || :
    wait "$spawned" 2>/dev/null || :
}
DEEDS=(idle in_its_reload in_a_reload_by_hand)

# in_control: it does what it is asked, and says so.
in_control() {
    case $((RANDOM % 2)) in
    0) reload_by_signal ;;
    1) new_neighbour ;;
    esac
}

say "seed $SEED"
endurance_lab
endurance_profiles $((2 * TIMES + 2)) "$SEED" soak
load_start --rate 0
next_generation
daemon_run
load send
load_goes_on 2000
watch_counters
for ((i = 1; i <= TIMES; i++)); do
    deed=${DEEDS[RANDOM % ${#DEEDS[@]}]}
    $deed
    daemon_dies
    sample_counters without_daemon
    from=${EPOCHREALTIME/./}
    daemon_run
    ms_since "$from" >>"$SANDBOX_FILES/back_ms"
    in_control
    ms_since "$from" >>"$SANDBOX_FILES/in_control_ms"
    sample_counters with_daemon
    say_pass "$i, killed $deed: back"
done
# one that was cut off waits for the next
expect "a last reload" xdpmirror reload ingress
expect "packets of the last generation come out" wait_until 20 load_sees "$generation"
judge_load in_order
judge_counters
figure kills "$TIMES"
spread back_ms "$SANDBOX_FILES/back_ms"
spread in_control_ms "$SANDBOX_FILES/in_control_ms"
daemon_stop TERM
expect "detach" xdpmirror detach ingress
expect "nothing is left" nothing_left
suite_done
