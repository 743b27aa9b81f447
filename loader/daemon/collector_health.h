// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What health checks mean for the pools: who is asked, by which way, and what becomes of the answers.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "loader/daemon/next_hop_keeper.h"
#include "loader/health/health_prober.h"
#include "loader/pools/pool_keeper.h"

namespace xdpmirror {

class CollectorHealth {
  public:
    // Borrows the loop. An error if a profile asks by ICMP and this process may not. `former`, if there is one,
    // asked before.
    static Result<CollectorHealth> make(EventLoop& loop, const NextHopKeeper& keeper, const CollectorHealth* former);

    // Collectors are asked by the way that their packets take, and nothing that fails while no way works is
    // held against them.
    void follow(const NextHopKeeper& keeper);

    // What is found of each collector, to the pools. One that is not asked is well.
    void tell(PoolKeeper& pools, HealthState::Time now);
    // Whether enough was asked to say, as of the last tell(); by row of xm_collectors.
    bool knows(std::size_t collector) const { return known_[collector]; }

    // By row of xm_collectors: null where nobody asks. For the run file.
    nlohmann::ordered_json report(HealthState::Time now) const;

  private:
    std::vector<std::string> ids_;  // by row of xm_collectors
    std::vector<bool> asked_;       // likewise
    std::vector<bool> known_;       // likewise
    std::unique_ptr<HealthProber> prober_;
};

}  // namespace xdpmirror
