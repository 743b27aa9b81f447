#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The tests of selftests/endurance at full length, and what the loader costs, with their conditions:
#
#   bench/endurance.sh --xdpmirror PATH [--load PATH] [--parts reloads,handover,upgrades,kills,soak,footprint] [--reloads 1000]
#                      [--upgrades 100] [--other PATH] [--kills 200] [--minutes 20] [--seed N] [--json FILE] [--urgent]
#
# --urgent has the loader, but not the load, run before other programs (real-time priority), so that times on a
# busy machine are those of the loader and not of the others.
# PATH of --load is the build's selftests/endurance/xm_load, that of --other its selftests/upgrade/build/loader/xdpmirror
# (default: those of the dev build). Prints a table; the
# log of each part goes to standard error. Exit status: 0 done, 1 something was lost or is not as promised, 2
# wrong command line.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")
# shellcheck source=support/environment.sh
source "$ROOT/selftests/support/environment.sh"
# shellcheck source=support/say.sh
source "$ROOT/selftests/support/say.sh"

PARTS="reloads handover upgrades kills soak footprint" RELOADS=1000 UPGRADES=100 KILLS=200 MINUTES=20 SEED=$EPOCHSECONDS JSON='' RUN=(bash)
XDPMIRROR=${XDPMIRROR:-} XM_LOAD=${XM_LOAD:-$ROOT/build/dev/selftests/endurance/xm_load}
XM_OTHER_VERSION=${XM_OTHER_VERSION:-$ROOT/build/dev/selftests/upgrade/build/loader/xdpmirror}

wrong() {
    echo "endurance.sh: $1; see the top of $0" >&2
    exit 2
}

parse_options() {
    while (($#)); do
        [[ $1 == --urgent ]] && RUN=(chrt --rr 1 bash) && shift && continue
        (($# >= 2)) || wrong "'$1' needs a value or is unknown"
        case $1 in
        --xdpmirror) XDPMIRROR=$(readlink -f "$2") ;;
        --load) XM_LOAD=$(readlink -f "$2") ;;
        --parts) PARTS=${2//,/ } ;;
        --reloads) RELOADS=$2 ;;
        --upgrades) UPGRADES=$2 ;;
        --other) XM_OTHER_VERSION=$(readlink -f "$2") ;;
        --kills) KILLS=$2 ;;
        --minutes) MINUTES=$2 ;;
        --seed) SEED=$2 ;;
        --json) JSON=$2 ;;
        *) wrong "unknown option '$1'" ;;
        esac
        shift 2
    done
    [[ -x $XDPMIRROR ]] || wrong "--xdpmirror is the program to be tested"
    [[ -x $XM_LOAD ]] || wrong "no load at '$XM_LOAD'"
    for part in $PARTS; do
        [[ $part =~ ^(reloads|handover|upgrades|kills|soak|footprint)$ ]] || wrong "unknown part '$part'"
    done
    for number in "$RELOADS" "$KILLS" "$MINUTES" "$SEED"; do
        [[ $number =~ ^[1-9][0-9]{0,9}$ ]] || wrong "'$number' is not a positive number"
    done
    export XDPMIRROR XM_LOAD XM_OTHER_VERSION
}

# part NAME SCRIPT ARGUMENTS...: its figures become those of that name.
part() {
    local name=$1 status=0
    shift
    export XM_FIGURES=$WORK/$name.figures
    : >"$XM_FIGURES"
    say_step "$name" >&2
    "${RUN[@]}" "$@" >&2 || status=$?
    ((status == 0)) || failed+=" $name"
    jq -s --arg name "$name" --argjson status "$status" '{($name): ({status: $status} + add)}' "$XM_FIGURES" >"$WORK/$name.json"
}

conditions() {
    jq -n --arg kernel "$(uname -r)" --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
        --arg date "$(date --utc +%FT%TZ)" --arg version "$("$XDPMIRROR" version 2>/dev/null | head -n 1)" \
        --argjson urgent "$([[ ${RUN[0]} == chrt ]] && echo true || echo false)" --argjson cores "$(nproc)" --argjson seed "$SEED" --arg before "$load_before" --arg after "$(cut -d' ' -f1-3 /proc/loadavg)" \
        '{conditions: {date: $date, urgent: $urgent, kernel: $kernel, cpu: $cpu, cores: $cores, load_average: {before: $before, after: $after},
          xdpmirror: $version, seed: $seed, frame_bytes: 252, flows: 256}}'
}

main() {
    parse_options "$@"
    WORK=$(mktemp -d)
    trap 'rm -rf "$WORK"' EXIT
    load_before=$(cut -d' ' -f1-3 /proc/loadavg)
    local tests=$ROOT/selftests/endurance
    failed=''
    for one in $PARTS; do
        case $one in
        reloads) part reloads "$tests/test_reloads.sh" "$RELOADS" plain "$SEED" ;;
        handover) part handover "$tests/test_reloads.sh" "$RELOADS" handover "$SEED" ;;
        upgrades) part upgrades "$tests/test_upgrades.sh" "$UPGRADES" "$SEED" ;;
        kills) part kills "$tests/test_kills.sh" "$KILLS" "$SEED" ;;
        soak) part soak "$tests/test_soak.sh" $((MINUTES * 60)) "$SEED" ;;
        footprint) part footprint "$HERE/footprint.sh" ;;
        esac
    done
    conditions >"$WORK/conditions"
    jq -s add "$WORK/conditions" "$WORK"/*.json >"$WORK/all"
    [[ -z $JSON ]] || cp "$WORK/all" "$JSON"
    jq -r '.conditions | "kernel \(.kernel), \(.cores) CPUs of \(.cpu), load \(.load_average.before) before, \(.load_average.after) after, seed \(.seed)\(if .urgent then ", urgent" else "" end), \(.xdpmirror)"' "$WORK/all"
    jq -r 'del(.conditions) | to_entries[] | .key as $part | .value | to_entries[] | "\($part)\t\(.key)\t\(.value | tojson)"' "$WORK/all" |
        awk -F '\t' '{ printf "%-10s %-28s %s\n", $1, $2, $3 }'
    [[ -z $failed ]] || die "failed:$failed"
}

main "$@"
