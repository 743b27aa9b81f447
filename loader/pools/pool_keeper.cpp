// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/pools/pool_keeper.h"

#include <fmt/core.h>

#include <algorithm>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

constexpr auto kIdleAfter = 10s;

}  // namespace

Result<PoolKeeper> PoolKeeper::make(const AttachmentView& view, const Overrides& overrides, Say say) {
    auto tables = PoolTables::open(view.directory);
    if (!tables) return tables.error();
    PoolKeeper keeper(view.profile.config, std::move(*tables), std::move(say));
    keeper.states_.resize(view.collectors.size());
    keeper.counts_.resize(view.collectors.size());
    keeper.idle_.resize(view.collectors.size());
    if (auto done = keeper.set_overrides(overrides); !done) return done.error();
    const auto slots = keeper.tables_.slots_of(view.collectors.size());
    std::size_t row = 0;
    for (const auto& pool : keeper.config_.pools) {
        auto& used = keeper.used_.emplace_back();
        for (std::size_t i = 0; i < pool.collectors.size(); ++i, ++row) {
            auto& state = keeper.states_[row];
            used.push_back(slots[row] > 0);
            if (slots[row] == 0 && state.may_be_used()) state.unhealthy = "it was not usable before";
            keeper.usable_.push_back(state.is_usable());
        }
    }
    return keeper;
}

void PoolKeeper::set_way(std::size_t collector, const std::string& why_not) {
    states_[collector].no_way = why_not;
}

void PoolKeeper::set_health(std::size_t collector, const std::string& why_not) {
    states_[collector].unhealthy = why_not;
}

Result<> PoolKeeper::set_overrides(const Overrides& overrides) {
    const bool first = balancer_.ranges().empty();
    if (!first && overrides == overrides_) return Ok{};
    overrides_ = overrides;
    const auto drained = drained_collectors(config_, overrides);
    for (std::size_t i = 0; i < states_.size() && i < drained.size(); ++i) states_[i].drained = drained[i];
    return lay_out();
}

Result<> PoolKeeper::lay_out() {
    balancer_ = Balancer();
    written_.assign(config_.pools.size(), std::nullopt);
    std::uint32_t row = 0;
    for (const auto& pool : with_weights(config_, overrides_).pools) {
        if (auto added = balancer_.add(pool, row); !added) return added.error();
        for (const auto& collector : pool.collectors) states_[row++].weighs = collector.weight > 0;
    }
    return Ok{};
}

std::string PoolKeeper::why_unusable(std::size_t collector) const {
    const auto& state = states_[collector];
    if (state.drained) return "drained";
    if (!state.weighs) return "weight 0";
    return state.unhealthy.empty() ? state.no_way : state.unhealthy;
}

void PoolKeeper::tell(std::size_t pool, const std::vector<bool>& usable, std::size_t slots) {
    const auto& range = balancer_.ranges()[pool];
    for (std::uint32_t i = 0; i < range.collectors; ++i) {
        const auto row = range.first_collector + i;
        if (usable[row] == used_[pool][i]) continue;
        used_[pool][i] = usable[row];
        const std::string why = why_unusable(row);
        const auto label = config_.pools[pool].name + "/" + config_.pools[pool].collectors[i].address.text();
        say_(usable[row] ? fmt::format("collector {} is used, {} slots moved", label, slots)
                         : fmt::format("collector {} is not used any more, {} slots moved: {}", label, slots, why));
    }
}

// Those of a pool that are usable now and were not.
std::vector<bool> PoolKeeper::take_recovered(std::size_t pool) {
    const auto& range = balancer_.ranges()[pool];
    std::vector<bool> recovered(states_.size());
    for (std::uint32_t i = 0; i < range.collectors; ++i) {
        const auto row = range.first_collector + i;
        const bool usable = states_[row].is_usable();
        recovered[row] = usable && !usable_[row];
        usable_[row] = usable;
    }
    return recovered;
}

Result<> PoolKeeper::apply(const BeforeMove& before) {
    for (std::size_t pool = 0; pool < config_.pools.size(); ++pool) {
        const auto& range = balancer_.ranges()[pool];
        const auto first = states_.begin() + range.first_collector;
        const auto recovered = take_recovered(pool);
        const auto chosen = choose_collectors(config_.pools[pool].all_down,
                                              {first, first + range.collectors});
        const bool has_recovered = std::ranges::find(recovered, true) != recovered.end();
        if (!chosen || (chosen == written_[pool] && !has_recovered)) continue;
        std::vector<bool> usable(states_.size());
        std::copy(chosen->begin(), chosen->end(), usable.begin() + range.first_collector);
        auto written = tables_.apply(balancer_, pool, usable, [&](const PoolTables::Move& move) {
            before(pool, move, recovered);
        });
        if (!written) return while_doing("pool '" + config_.pools[pool].name + "'", written.error());
        written_[pool] = chosen;
        tell(pool, usable, *written);
    }
    return Ok{};
}

void PoolKeeper::count(const std::vector<std::uint64_t>& packets, Time now) {
    for (std::size_t i = 0; i < counts_.size() && i < packets.size(); ++i) {
        if (states_[i].drained && counts_[i].since != Time{} && counts_[i].packets == packets[i]) continue;
        counts_[i] = {packets[i], now};
    }
    for (std::size_t i = 0; i < counts_.size(); ++i)
        idle_[i] = states_[i].drained && now - counts_[i].since >= kIdleAfter;
}

bool PoolKeeper::any_drained() const {
    return std::any_of(states_.begin(), states_.end(), [](const auto& state) { return state.drained; });
}

std::vector<PoolKeeper::Report> PoolKeeper::report() const {
    std::vector<Report> report;
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const auto& state = states_[i];
        report.push_back({.idle = idle_[i],
                          .why = state.unhealthy.empty() ? state.no_way : state.unhealthy});
    }
    return report;
}

}  // namespace xdpmirror
