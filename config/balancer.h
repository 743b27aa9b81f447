// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The slots of all pools that have several collectors: the rows of xm_slots. A pure function of the profile
// and of who is usable, so that every node with the same profile decides alike (docs/balance.md).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/config.h"
#include "config/maglev.h"
#include "maps/layout.h"
#include "maps/result.h"

namespace xdpmirror {

class Balancer {
  public:
    // Rows of xm_slots that belong to one pool, and the row of xm_collectors that its first collector has.
    struct Range {
        std::uint32_t base = 0;
        std::uint32_t count = 0;
        std::uint32_t first_collector = 0;
        std::uint32_t collectors = 0;
    };

    // In the order of the profile. A pool with one collector has no slots: count 0.
    Result<Range> add(const Pool& pool, std::uint32_t first_collector);

    std::size_t slots() const { return slots_; }

    // All rows, when those of xm_collectors are usable. A pool without any has XM_NO_ROW throughout.
    std::vector<xm_pool_slot> rows(const std::vector<bool>& usable) const;

    // Of one pool.
    std::vector<std::uint32_t> rows_of(std::size_t pool, const std::vector<bool>& usable) const;

    const std::vector<Range>& ranges() const { return ranges_; }

  private:
    std::vector<Range> ranges_;                  // by pool
    std::vector<std::optional<Maglev>> tables_;  // by pool; unset: no slots
    std::uint32_t slots_ = 0;
};

}  // namespace xdpmirror
