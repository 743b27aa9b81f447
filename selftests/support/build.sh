# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Builds a preset of the tree; the compiler's words are shown only when they are complaints. Sourced,
# after say.sh; ROOT is the top of the source tree.

# build_preset NAME
build_preset() {
    local log=$ROOT/build/$1.log
    mkdir -p "$ROOT/build"
    say_step "building the $1 preset in build/$1"
    if ! (cd "$ROOT" && cmake --preset "$1" && cmake --build --preset "$1") </dev/null >"$log" 2>&1; then
        grep -E -A12 'FAILED:|error:|CMake Error' "$log" | head -n 60 || tail -n 30 "$log"
        die "the $1 preset does not build; the whole log is build/$1.log"
    fi
}
