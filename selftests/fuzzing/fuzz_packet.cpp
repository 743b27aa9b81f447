// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// libFuzzer over the data plane, compiled for user space under the sanitizers, beside the
// reference. The input is a byte that chooses a profile and frames, each behind its length in two
// bytes; profiles are loaded once, so fragments of earlier inputs may be remembered, by both sides
// alike.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "selftests/fuzzing/comparison.h"
#include "selftests/fuzzing/frames.h"
#include "selftests/fuzzing/packets.h"

namespace {

using namespace xdpmirror;
using namespace xdpmirror::fuzz;

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::abort();
}

Comparison& comparison_of(std::size_t number) {
    static std::vector<std::unique_ptr<Comparison>> all(profiles().size());
    auto& one = all[number];
    if (!one) {
        auto made = Comparison::make(profiles()[number]);
        if (!made) fail(made.error().what);
        one = std::move(*made);
    }
    return *one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto packets = read_packets(std::span(data, size));
    if (!packets) return -1;
    Comparison& comparison = comparison_of(packets->profile);
    for (const Frame& frame : packets->frames) {
        std::string wrong = comparison.run(frame);
        wrong += comparison.check_counters();
        if (!wrong.empty()) fail(std::string(comparison.profile().name) + ": " + wrong);
    }
    return 0;
}
