# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The libFuzzer targets: built with clang and the sanitizers in a tree of their own, build/fuzz.
# Sourced, after say.sh; ROOT is the top of the source tree.

FUZZ_CXX=clang++-19
FUZZ_BUILD=$ROOT/build/fuzz
FUZZ_TARGETS=(packet profile seeds)

# Says what is lacking; nothing if the targets can be built.
fuzz_lacks() {
    local probe
    command -v "$FUZZ_CXX" >/dev/null || { echo "no $FUZZ_CXX" && return; }
    probe=$(mktemp)
    "$FUZZ_CXX" -fsanitize=fuzzer,address,undefined -x c++ - -o "$probe" >/dev/null 2>&1 <<'PROBE' ||
extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }
PROBE
        echo "no libFuzzer for $FUZZ_CXX: libclang-rt-19-dev is not installed"
    rm -f "$probe"
}

# fuzz_build: every target, or the script ends with the compiler's complaints.
fuzz_build() {
    local log=$FUZZ_BUILD.log
    mkdir -p "$FUZZ_BUILD"
    if ! { cmake -S "$ROOT" -B "$FUZZ_BUILD" -G Ninja -DXM_FUZZ=ON -DXM_SANITIZE=ON \
        -DCMAKE_BUILD_TYPE=RelWithDebInfo -DXM_BUILD_BENCH=OFF -DCMAKE_CXX_COMPILER="$FUZZ_CXX" \
        -DCMAKE_C_COMPILER="${FUZZ_CXX/++/}" \
        -DCMAKE_CXX_FLAGS="-fsanitize=fuzzer-no-link -Wno-deprecated-declarations" &&
        cmake --build "$FUZZ_BUILD" --target "${FUZZ_TARGETS[@]/#/fuzz_}"; } </dev/null >"$log" 2>&1; then
        grep -E -A12 'FAILED:|error:|CMake Error' "$log" | head -n 60 || tail -n 30 "$log"
        die "the fuzz targets do not build; the whole log is ${log#"$ROOT/"}"
    fi
}

fuzz_binary() { echo "$FUZZ_BUILD/selftests/fuzzing/fuzz_$1"; }

# fuzz_options TARGET: what every run of a target is started with, one a line.
fuzz_options() {
    local dictionary=$ROOT/selftests/fuzzing/$1.dict
    printf '%s\n' -timeout=20 -rss_limit_mb=2048 -max_len=16384
    [[ ! -f $dictionary ]] || echo "-dict=$dictionary"
}

# Directories with inputs that are kept in the tree, those that exist.
fuzz_inputs() {
    local directory
    for directory in corpus crashes; do
        directory=$ROOT/selftests/fuzzing/$directory/$1
        [[ ! -d $directory ]] || echo "$directory"
    done
}
