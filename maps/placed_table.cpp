// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Multipliers from splitmix64, a fixed sequence.
#include "maps/placed_table.h"

namespace xdpmirror {
namespace {

std::uint64_t splitmix(std::uint64_t& state) {
    state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

}  // namespace

xm_hash attempt_hash(std::uint32_t attempt, unsigned bits) {
    std::uint64_t state = attempt;
    xm_hash hash{};
    for (auto& choice : hash.multiplier) {
        for (auto& multiplier : choice) multiplier = splitmix(state) | 1;
    }
    hash.shift = 64 - bits;
    return hash;
}

}  // namespace xdpmirror
