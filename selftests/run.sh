#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Installs what is missing, builds, runs every test, and ends with "N passed, N failed, N skipped".
# Exit status 0 only if nothing failed.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")
for part in environment say deps build; do
    source "$HERE/support/$part.sh"
done

JOBS=$(nproc)
CHOICE=()
INSTALL=yes

usage() {
    cat <<'USAGE'
usage: selftests/run.sh [--label L]... [--jobs N] [--no-install]
  --label L     only tests of this tier: unit, prog_run, fuzz, netns, crash, endurance, vm, package
  --jobs N      tests at the same time (default: as many as there are processors)
  --no-install  leave the machine's packages alone
USAGE
}

parse_options() {
    local labels=''
    while (($#)); do
        case $1 in
        --label) labels+=${labels:+|}^${2:?--label needs a tier}\$ && shift ;;
        --jobs) JOBS=${2:?--jobs needs a number} && shift ;;
        --no-install) INSTALL=no ;;
        -h | --help) usage && exit 0 ;;
        *) die "unknown option '$1'; see --help" ;;
        esac
        shift
    done
    [[ -z $labels ]] || CHOICE=(--label-regex "$labels")
}

run_tests() {
    rm -f "$ROOT/build/dev/junit.xml"
    say_step "running the tests"
    ctest --test-dir "$ROOT/build/dev" --parallel "$JOBS" --timeout 600 "${CHOICE[@]}" \
        --output-junit "$ROOT/build/dev/junit.xml" --no-tests=error </dev/null || :
    [[ -s $ROOT/build/dev/junit.xml ]] || die "ctest has run nothing"
}

main() {
    parse_options "$@"
    [[ $INSTALL == no ]] || deps_install build demo test vm bench
    build_preset dev
    build_preset release
    run_tests
    /usr/bin/python3 "$HERE/support/junit.py" "$ROOT/build/dev/junit.xml"
}

main "$@"
