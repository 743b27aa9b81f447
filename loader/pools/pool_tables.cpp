// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/pools/pool_tables.h"

#include "loader/rows.h"
#include "maps/array.h"

namespace xdpmirror {

Result<PoolTables> PoolTables::open(const PinDir& configuration) {
    auto pools = configuration.open("xm_pools");
    if (!pools) return pools.error();
    auto slots = configuration.open("xm_slots");
    if (!slots) return slots.error();
    return read(std::move(*pools), std::move(*slots));
}

Result<PoolTables> PoolTables::open_to_read(const PinDir& configuration) {
    auto pools = configuration.open_to_read("xm_pools");
    if (!pools) return pools.error();
    auto slots = configuration.open_to_read("xm_slots");
    if (!slots) return slots.error();
    return read(std::move(*pools), std::move(*slots));
}

Result<PoolTables> PoolTables::read(UniqueFd pools, UniqueFd slots) {
    PoolTables tables(std::move(pools), std::move(slots));
    auto pool_rows = read_rows<xm_pool>(tables.pools_fd_.get(), "xm_pools");
    if (!pool_rows) return pool_rows.error();
    auto slot_rows = read_rows<xm_pool_slot>(tables.slots_fd_.get(), "xm_slots");
    if (!slot_rows) return slot_rows.error();
    tables.pools_ = std::move(*pool_rows);
    tables.slots_ = std::move(*slot_rows);
    return tables;
}

Result<std::size_t> PoolTables::apply_single(std::size_t pool, std::uint32_t collector) {
    if (pools_[pool].collector == collector) return std::size_t{0};
    xm_pool row = pools_[pool];
    row.collector = collector;
    if (auto set = map_set(pools_fd_.get(), static_cast<std::uint32_t>(pool), row); !set)
        return set.error();
    pools_[pool] = row;
    return std::size_t{1};
}

Result<std::size_t> PoolTables::apply(const Balancer& balancer, std::size_t pool,
                                      const std::vector<bool>& usable, const BeforeMove& before) {
    const auto& range = balancer.ranges()[pool];
    if (range.count == 0) {
        const auto only = usable[range.first_collector] ? range.first_collector : XM_NO_ROW;
        before({{pools_[pool].collector}, {only}});
        return apply_single(pool, only);
    }
    Move move;
    for (std::uint32_t i = 0; i < range.count; ++i) move.was.push_back(slots_[range.base + i].collector);
    move.will = balancer.rows_of(pool, usable);
    before(move);
    std::vector<std::uint32_t> keys;
    std::vector<xm_pool_slot> values;
    for (const auto& change : changed_slots(move.was, move.will)) {
        keys.push_back(range.base + change.slot);
        values.push_back({.collector = change.member});
    }
    if (keys.empty()) return std::size_t{0};
    if (auto filled = map_fill(slots_fd_.get(), keys.data(), sizeof(keys[0]), values.data(),
                               sizeof(values[0]), keys.size());
        !filled)
        return while_doing("write slots", filled.error());
    for (std::size_t i = 0; i < keys.size(); ++i) slots_[keys[i]] = values[i];
    return keys.size();
}

std::uint32_t PoolTables::collector_of(std::size_t pool, std::uint32_t slot) const {
    const auto& row = pools_[pool];
    return row.slot_count == 0 ? row.collector : slots_[row.slot_base + slot].collector;
}

std::vector<std::uint32_t> PoolTables::slots_of(std::size_t collectors) const {
    std::vector<std::uint32_t> counts(collectors);
    const auto count = [&counts](std::uint32_t collector) {
        if (collector < counts.size()) ++counts[collector];
    };
    for (const auto& pool : pools_) {
        if (pool.slot_count == 0) count(pool.collector);
        for (std::uint32_t i = 0; i < pool.slot_count && pool.slot_base + i < slots_.size(); ++i)
            count(slots_[pool.slot_base + i].collector);
    }
    return counts;
}

}  // namespace xdpmirror
