#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Kills the loader at every system call of attach, reload, upgrade and detach that changes something, and at every
# Nth of all its calls:
#
#   bench/crash.sh --xdpmirror PATH --kill-at PATH [--other PATH] [--every 1] [--operations NAME,...] [--seed N]
#                  [--json FILE]
#
# PATH of --kill-at is the build's selftests/crash/xm_kill_at, that of --other a binary of another version whose
# tables are laid out otherwise (selftests/upgrade); without it upgrades are left out. Prints a row for each
# operation. Exit status: 0 done, 1 something was lost or left, 2 wrong command line.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
EVERY=1 REST=() XDPMIRROR=${XDPMIRROR:-} XM_KILL_AT=${XM_KILL_AT:-} XM_OTHER_VERSION=${XM_OTHER_VERSION:-}

wrong() {
    echo "crash.sh: $1; see the top of $0" >&2
    exit 2
}

while (($#)); do
    (($# >= 2)) || wrong "'$1' needs a value or is unknown"
    case $1 in
    --xdpmirror) XDPMIRROR=$(readlink -f "$2") ;;
    --kill-at) XM_KILL_AT=$(readlink -f "$2") ;;
    --other) XM_OTHER_VERSION=$(readlink -f "$2") ;;
    --every) EVERY=$2 ;;
    --operations | --seed) REST+=("$1" "$2") ;;
    --json) REST+=("$1" "$(realpath -m "$2")") ;;
    *) wrong "unknown option '$1'" ;;
    esac
    shift 2
done
[[ -x $XDPMIRROR ]] || wrong "--xdpmirror is the program to be tested"
[[ -x $XM_KILL_AT ]] || wrong "--kill-at is what kills it"
[[ $EVERY =~ ^[1-9][0-9]{0,5}$ ]] || wrong "'$EVERY' is not a positive number"
export XDPMIRROR XM_KILL_AT XM_OTHER_VERSION
exec bash "$HERE/../selftests/crash/test_crash.sh" --every "$EVERY" "${REST[@]}"
