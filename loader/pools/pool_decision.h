// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which collectors of a pool take packets, from what is known of each: a pure function.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace xdpmirror {

// What is known of one collector. `unhealthy` is what checks say of the collector itself, `no_way` that no
// packet gets to it from here.
struct CollectorState {
    bool drained = false;    // by an operator: never used while it lasts
    bool weighs = true;      // likewise without a weight
    std::string unhealthy{};  // why; empty: well, or nobody checks
    std::string no_way{};    // why; empty: there is one

    bool may_be_used() const { return !drained && weighs; }
    bool is_usable() const { return may_be_used() && unhealthy.empty() && no_way.empty(); }
};

// Who takes packets: one flag a collector, none set if they are to be dropped. Nothing: leave it as it is.
std::optional<std::vector<bool>> choose_collectors(AllDown all_down,
                                                   const std::vector<CollectorState>& states);

}  // namespace xdpmirror
