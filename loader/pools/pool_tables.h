// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The pinned tables by which an attachment chooses collectors, changed in place: a word at a time, and only
// where something moves.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "config/balancer.h"
#include "loader/pin_dir.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class PoolTables {
  public:
    // Reads what stands there.
    static Result<PoolTables> open(const PinDir& configuration);
    // Nothing can be applied to it.
    static Result<PoolTables> open_to_read(const PinDir& configuration);

    // What a pool's slots say and will say, rows of xm_collectors; a pool with one collector has one.
    struct Move {
        std::vector<std::uint32_t> was, will;
    };
    using BeforeMove = std::function<void(const Move& move)>;

    // Makes the collectors with a flag, by row of xm_collectors, take the packets of a pool; without any, they
    // are dropped as no_collector. Returns how many slots were written; a pool with one collector has one.
    // `before` hears of it before anything is written, also when nothing moves.
    Result<std::size_t> apply(const Balancer& balancer, std::size_t pool, const std::vector<bool>& usable,
                              const BeforeMove& before);

    // Row of xm_collectors that a slot of a pool has now; a pool with one collector has slot 0.
    std::uint32_t collector_of(std::size_t pool, std::uint32_t slot) const;

    // Slots that a collector has, by row of xm_collectors.
    std::vector<std::uint32_t> slots_of(std::size_t collectors) const;

  private:
    static Result<PoolTables> read(UniqueFd pools, UniqueFd slots);
    PoolTables(UniqueFd pools, UniqueFd slots) : pools_fd_(std::move(pools)), slots_fd_(std::move(slots)) {}
    Result<std::size_t> apply_single(std::size_t pool, std::uint32_t collector);

    UniqueFd pools_fd_, slots_fd_;
    std::vector<xm_pool> pools_;
    std::vector<xm_pool_slot> slots_;
};

}  // namespace xdpmirror
