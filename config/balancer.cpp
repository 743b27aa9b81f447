// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/balancer.h"

#include <algorithm>

namespace xdpmirror {

Result<Balancer::Range> Balancer::add(const Pool& pool, std::uint32_t first_collector) {
    Range range{.base = slots_,
                .count = 0,
                .first_collector = first_collector,
                .collectors = static_cast<std::uint32_t>(pool.collectors.size())};
    std::vector<PoolMember> members;

    for (const Collector& collector : pool.collectors) {
        members.push_back({.address = collector.address,
                           .port = 0,
                           .weight = static_cast<std::uint16_t>(collector.weight)});
    }
    tables_.emplace_back();
    if (members.size() > 1) {
        range.count = pool_slots(members.size());
        auto table = Maglev::of(std::move(members), range.count);
        if (!table) {
            return table.error();
        }
        tables_.back() = std::move(*table);
    }
    ranges_.push_back(range);
    slots_ += range.count;
    return range;
}

std::vector<std::uint32_t> Balancer::rows_of(std::size_t pool,
                                             const std::vector<bool>& usable) const {
    const Range& range = ranges_[pool];
    std::vector<std::uint32_t> rows(range.count, XM_NO_ROW);

    if (!tables_[pool]) {
        return rows;
    }
    const auto first = usable.begin() + static_cast<std::ptrdiff_t>(range.first_collector);
    const std::vector<bool> of_pool(first, first + static_cast<std::ptrdiff_t>(range.collectors));
    const SlotTable table = tables_[pool]->table(of_pool);
    std::ranges::transform(table, rows.begin(), [&range](std::uint32_t member) {
        return range.first_collector + member;
    });
    return rows;
}

std::vector<xm_pool_slot> Balancer::rows(const std::vector<bool>& usable) const {
    std::vector<xm_pool_slot> all;

    all.reserve(slots_);
    for (std::size_t pool = 0; pool < ranges_.size(); pool++) {
        for (const std::uint32_t row : rows_of(pool, usable)) {
            all.push_back({.collector = row});
        }
    }
    return all;
}

}  // namespace xdpmirror
