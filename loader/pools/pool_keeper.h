// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Keeps the packets of every pool on those of its collectors that are usable. Told what is known of each, it
// decides, and writes the slots that move.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "loader/pools/overrides.h"
#include "loader/pools/pool_decision.h"
#include "loader/pools/pool_tables.h"
#include "loader/view.h"

namespace xdpmirror {

class PoolKeeper {
  public:
    using Say = std::function<void(const std::string&)>;  // one line for the journal
    using Time = std::chrono::steady_clock::time_point;

    // A pool's slots before they are written, and by row of xm_collectors who has become usable since the last
    // time: packets that went to one of those may have been lost meanwhile.
    using BeforeMove =
        std::function<void(std::size_t pool, const PoolTables::Move& move, const std::vector<bool>& recovered)>;

    struct Report {  // of one collector
        bool idle = false;  // drained, and no packet has come for ten seconds
        std::string why;    // it is not usable, other than by a drain
    };

    // Takes over the tables of the attachment as they are. Collectors that have no slot in them, and that
    // nobody has drained, count as unhealthy until somebody says otherwise.
    static Result<PoolKeeper> make(const AttachmentView& view, const Overrides& overrides, Say say);

    // By row of xm_collectors. Empty: nothing speaks against it.
    void set_way(std::size_t collector, const std::string& why_not);
    void set_health(std::size_t collector, const std::string& why_not);
    // Errors: a profile whose slots cannot be laid out with these weights.
    Result<> set_overrides(const Overrides& overrides);

    // Decides and writes. `before` is called where something moves, or has recovered.
    Result<> apply(const BeforeMove& before);
    // Counts what drained collectors still get; `packets` by row.
    void count(const std::vector<std::uint64_t>& packets, Time now);

    bool any_drained() const;
    const PoolTables& tables() const { return tables_; }
    // By row of xm_collectors, as of the last apply().
    const std::vector<bool>& usable() const { return usable_; }
    // Why a collector takes nothing, or should not, by row of xm_collectors; empty: it is usable.
    std::string why_unusable(std::size_t collector) const;
    std::vector<Report> report() const;

  private:
    struct Count {
        std::uint64_t packets = 0;
        Time since{};
    };

    PoolKeeper(Config config, PoolTables tables, Say say)
        : config_(std::move(config)), tables_(std::move(tables)), say_(std::move(say)) {}
    Result<> lay_out();
    std::vector<bool> take_recovered(std::size_t pool);
    void tell(std::size_t pool, const std::vector<bool>& usable, std::size_t slots);

    Config config_;
    PoolTables tables_;
    Say say_;
    Overrides overrides_;
    Balancer balancer_;
    std::vector<CollectorState> states_;  // by row of xm_collectors
    std::vector<bool> usable_;            // likewise: as of the last time
    std::vector<Count> counts_;
    std::vector<bool> idle_;
    std::vector<std::vector<bool>> used_;  // by pool: as last told
    std::vector<std::optional<std::vector<bool>>> written_;  // by pool: the choice that its slots follow
};

}  // namespace xdpmirror
