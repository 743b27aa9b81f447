// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Pools and collectors to their rows.
#include <cstring>
#include <unordered_map>

#include "config/plan_parts.h"

namespace xdpmirror {
namespace {

std::uint32_t balance_row(Balance balance) {
    switch (balance) {
        case Balance::exporter_port:
            return XM_BALANCE_EXPORTER_PORT;
        case Balance::flow:
            return XM_BALANCE_FLOW;
        default:
            return XM_BALANCE_EXPORTER;
    }
}

}  // namespace

Result<Ok> plan_pools(const Config& config, Plan& plan) {
    std::unordered_map<std::string, std::size_t> egresses;

    for (std::size_t i = 0; i < config.egress.size(); i++) {
        egresses.emplace(config.egress[i].name, i);
    }
    std::size_t collectors = 0;
    for (const Pool& pool : config.pools) {
        collectors += pool.collectors.size();
    }
    const Position last = config.pools.empty() ? Position{} : config.pools.back().position;
    if (auto done = check_limit(last, collectors, XM_MAX_COLLECTORS, "collectors",
                                "remove those not used");
        !done) {
        return done;
    }
    for (const Pool& pool : config.pools) {
        const auto first = static_cast<std::uint32_t>(plan.collectors.size());
        const auto egress = egresses.find(pool.via);

        auto slots = plan.balancer.add(pool, first);
        if (!slots) {
            return slots.error();
        }
        plan.pools.push_back(xm_pool{.collector = pool.collectors.empty() ? XM_NO_ROW : first,
                                     .slot_base = slots->base,
                                     .slot_count = slots->count,
                                     .balance = balance_row(pool.balance)});
        if (slots->count > 0) {
            plan.config.features |= XM_FEATURE_BALANCE;
            if (pool.balance != Balance::exporter) {
                plan.config.features |= XM_FEATURE_BALANCE_PORTS;
            }
        }
        if (egress != egresses.end() && config.egress[egress->second].fragment) {
            plan.config.features |= XM_FEATURE_OVERSIZE;
        }
        for (const Collector& collector : pool.collectors) {
            Plan::CollectorRow planned;
            static_assert(sizeof(planned.row.addr) == sizeof(collector.address.bytes));
            std::memcpy(planned.row.addr, collector.address.bytes.data(), sizeof(planned.row.addr));
            planned.row.next_hop = XM_NO_ROW;
            planned.row.book = static_cast<std::uint32_t>(plan.collectors.size());
            planned.row.family = static_cast<std::uint8_t>(collector.address.family);
            planned.address = collector.address;
            planned.egress = egress == egresses.end() ? 0 : egress->second;
            planned.label = pool.name + "/" + collector.address.text();
            plan.collectors.push_back(std::move(planned));
        }
    }
    return check_limit(last, plan.balancer.slots(), XM_MAX_SLOTS, "balancing slots",
                       "use fewer large pools");
}

}  // namespace xdpmirror
