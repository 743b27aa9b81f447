// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The pinned tables by which an attachment chooses collectors, changed in place: a word at a time, and only
// where something moves.
#pragma once

#include <cstdint>
#include <vector>

#include "config/balancer.h"
#include "loader/state_dir.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class PoolTables {
  public:
    // Reads what stands there.
    static Result<PoolTables> open(const StateDir& state);

    // Makes the collectors with a flag, by row of xm_collectors, take the packets of a pool; without any, they
    // are dropped as no_collector. Returns how many slots were written; a pool with one collector has one.
    Result<std::size_t> apply(const Balancer& balancer, std::size_t pool,
                              const std::vector<bool>& usable);

    // Slots that a collector has, by row of xm_collectors.
    std::vector<std::uint32_t> slots_of(std::size_t collectors) const;

  private:
    PoolTables(UniqueFd pools, UniqueFd slots) : pools_fd_(std::move(pools)), slots_fd_(std::move(slots)) {}
    Result<std::size_t> apply_single(std::size_t pool, std::uint32_t collector);

    UniqueFd pools_fd_, slots_fd_;
    std::vector<xm_pool> pools_;
    std::vector<xm_pool_slot> slots_;
};

}  // namespace xdpmirror
