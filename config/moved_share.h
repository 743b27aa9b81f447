// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How many exporters another configuration would give another collector, before it does
// (docs/balance.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.h"
#include "maps/result.h"

namespace xdpmirror {

// Somebody whose packets a rule sends to a pool.
struct KnownExporter {
    IpAddress from;
    std::uint16_t from_port = 0;
    std::string pool;

    auto operator<=>(const KnownExporter&) const = default;
};

// A pool that both configurations have.
struct MovedShare {
    std::string pool;
    // Of all hashes, those that get another collector, from 0 to 1. Exact, unless `balance`
    // changes: then another hash decides, and this is what is to be expected.
    double share = 0;
    bool is_exact = true;
    std::size_t known = 0;   // exporters of the pool; none where both balance by flow
    std::size_t moving = 0;  // of those
};

// A configuration, and which collectors (by row, all pools one after the other) take nothing now;
// empty: all do.
struct BalanceState {
    const Config& config;
    std::vector<bool> unused{};
};

std::vector<MovedShare> moved_shares(const BalanceState& before, const BalanceState& after,
                                     const std::vector<KnownExporter>& known);

}  // namespace xdpmirror
