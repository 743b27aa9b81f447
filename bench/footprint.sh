#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# How large and how quick the loader is without load: attach and reload times of the whole command, memory of
# the daemon and of the tables. Run by bench/endurance.sh. Argument: how many times (20).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../selftests/netns/suite.sh"
# shellcheck source=endurance/load.sh
source "$ROOT/selftests/endurance/load.sh"
# shellcheck source=endurance/verdict.sh
source "$ROOT/selftests/endurance/verdict.sh"
# shellcheck source=endurance/deeds.sh
source "$ROOT/selftests/endurance/deeds.sh"
# shellcheck source=endurance/size.sh
source "$ROOT/selftests/endurance/size.sh"
endurance_enter "" -- "$@"

TIMES=${1:-20}
RULES=10000
SEED=0

# timed NAME COMMAND...
timed() {
    local name=$1 from=${EPOCHREALTIME/./}
    shift
    "$@" >>"$SANDBOX_FILES/said" 2>&1 || die "$*: $(tail -n 1 "$SANDBOX_FILES/said")"
    ms_since "$from" >>"$SANDBOX_FILES/$name"
}

# daemon_size NAME: when it has had a second to settle, which is part of what is measured.
daemon_size() {
    daemon_run
    sleep 1
    figure "${1}_rss_kb" "$(rss_kb "$daemon_pid")"
    figure "${1}_anonymous_kb" "$(anonymous_kb "$daemon_pid")"
    daemon_stop TERM
}

# measure KIND NAME: attach, reload, tables and daemon with profiles of that kind: one that has attached it
# itself, one that took over what was there.
measure() {
    local i
    rm -f "$PROFILES"/*
    generation=0
    endurance_profiles $((TIMES + 1)) $SEED "$1"
    next_generation
    for ((i = 0; i < TIMES; i++)); do
        timed "$2_attach_ms" xdpmirror attach ingress --profile "$PROFILE"
        xdpmirror detach ingress
    done
    daemon_size "$2_attaching"
    figure "$2_memlock_bytes" "$(memlock_of_pins none)"
    for ((i = 0; i < TIMES; i++)); do
        next_generation
        timed "$2_reload_ms" xdpmirror reload ingress
    done
    daemon_size "$2_adopting"
    xdpmirror detach ingress
    spread "$2_attach_ms" "$SANDBOX_FILES/$2_attach_ms"
    spread "$2_reload_ms" "$SANDBOX_FILES/$2_reload_ms"
}

endurance_lab
load_start --rate 0 # only its sinks, so that the egresses take frames
measure big=1 default
measure big=$RULES "rules_$RULES"
