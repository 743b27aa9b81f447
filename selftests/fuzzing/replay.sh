#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# For ctest: builds the libFuzzer targets ("build"), or runs what is kept for one of them. Exit status
# 77, with the reason, if the compiler's runtime is not installed.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$(dirname "$HERE")")
for part in support/environment support/say fuzzing/targets; do
    source "$ROOT/selftests/$part.sh"
done

replay() {
    local binary inputs options
    binary=$(fuzz_binary "$1")
    mapfile -t inputs < <(fuzz_inputs "$1")
    mapfile -t options < <(fuzz_options "$1")
    ((${#inputs[@]})) || die "nothing is kept for target '$1'"
    "$binary" "${options[@]}" -runs=0 "${inputs[@]}"
}

main() {
    local lacking
    lacking=$(fuzz_lacks)
    [[ -z $lacking ]] || { say "skipped: $lacking" && exit 77; }
    case ${1:?build, or a target} in
    build) fuzz_build ;;
    *) replay "$1" ;;
    esac
}

main "$@"
