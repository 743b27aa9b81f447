#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Everything that an operator and a network may do without losing a packet (deeds.sh), at random, under about
# half of the load that a CPU can take, for a while: nothing is lost, and the daemon and the tables are as large
# in the end as they were before. In the first half the daemon is killed as well; in the second one daemon lives
# through all of it. Arguments: seconds (20), seed (the time). The seed is printed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
source "$ROOT/selftests/endurance/load.sh"
source "$ROOT/selftests/endurance/verdict.sh"
source "$ROOT/selftests/endurance/deeds.sh"
source "$ROOT/selftests/endurance/size.sh"
endurance_enter "" -- "$@"

DURATION=${1:-20} SEED=${2:-$EPOCHSECONDS}
RANDOM=$SEED
DEEDS=(reload_by_signal reload_by_hand new_neighbour drain_and_undrain pin_and_unpin standby_down_and_up)
# a daemon may have so much more, where its allocator puts things
KB_OF_CHANCE=1024
declare -A done_times=()

# Half of what comes out at full speed.
choose_rate() {
    local from sent took
    load send
    load_goes_on 2000
    from=${EPOCHREALTIME/./} sent=$(load_figure .sent)
    load_goes_on 1000000
    took=$((${EPOCHREALTIME/./} - from))
    rate=$((($(load_figure .sent) - sent) * 500000 / took))
    load rate "$rate"
    figure frames_per_second "$rate"
}

# deeds SECONDS DEED...: one after another.
deeds() {
    local deed end=$((${EPOCHREALTIME/./} + $1 * 1000000))
    shift
    while ((${EPOCHREALTIME/./} < end)); do
        deed=${*:RANDOM % $# + 1:1}
        $deed
        done_times[$deed]=$((${done_times[$deed]:-0} + 1))
        sample_daemon
        random_moment 500
    done
}

flat() { (($(tail_median "$1" 2) <= $(tail_median "$1" 1) + ${2:-0})); }
# tail_median COLUMN HALF: of the last life of the daemon, without its first quarter.
tail_median() {
    awk -v pid="$daemon_pid" '$1 == pid' "$SANDBOX_FILES/sizes" |
        awk -v column="$1" -v half="$2" '{ all[NR] = $column }
            END { from = int(NR / 4); middle = from + int((NR - from) / 2)
                for (i = (half == 1 ? from : middle) + 1; i <= (half == 1 ? middle : NR); i++) print all[i] }' |
        sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] + 0 }'
}

say "seed $SEED"
endurance_lab
endurance_profiles $((DURATION * 2 + 10)) "$SEED" soak
load_start --rate 0
next_generation
daemon_run
# xm_profile holds the names of all that was ever counted, too
memlock_before=$(memlock_of_pins xm_profile)
choose_rate
watch_counters
deeds $((DURATION / 2)) "${DEEDS[@]}" kill_daemon
deeds $((DURATION - DURATION / 2)) "${DEEDS[@]}"
judge_load in_order
judge_counters
for deed in "${!done_times[@]}"; do figure "$deed" "${done_times[$deed]}"; done
figure rss_kb "[$(tail_median 2 1), $(tail_median 2 2)]"
figure anonymous_kb "[$(tail_median 3 1), $(tail_median 3 2)]"
figure descriptors "[$(tail_median 4 1), $(tail_median 4 2)]"
expect "the daemon's memory is flat" flat 3 $KB_OF_CHANCE
expect "its descriptors are" flat 4
cp "$PROFILES/1.yaml" "$PROFILE"
xdpmirror reload ingress 2>/dev/null
memlock_after=$(memlock_of_pins xm_profile)
figure memlock_bytes "[$memlock_before, $memlock_after]"
expect "the tables of the first profile are as large as in the beginning" equal "$memlock_before" "$memlock_after"
daemon_stop TERM
expect "detach" xdpmirror detach ingress
expect "nothing is left" nothing_left
suite_done
