// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every pool that counts must have all that is needed; of its collectors, and of the ways to them, one is
// enough.
#include "loader/ready/readiness.h"

#include <fmt/core.h>

#include <algorithm>

namespace xdpmirror {
namespace {

// A pool may be large, and the answer is one line.
constexpr std::size_t kMostNamed = 3;

// Each once, the first few of them.
std::string in_one_line(const std::vector<std::string>& whys) {
    std::vector<std::string> said;
    std::size_t others = 0;
    for (const auto& why : whys) {
        if (std::find(said.begin(), said.end(), why) != said.end()) continue;
        if (said.size() < kMostNamed)
            said.push_back(why);
        else
            ++others;
    }
    std::string text;
    for (const auto& why : said) text += (text.empty() ? "" : "; ") + why;
    return others == 0 ? text : fmt::format("{}; and {} more", text, others);
}

std::string egress_fault(const PoolFacts& pool) {
    std::vector<std::string> whys;
    for (const auto& collector : pool.collectors) {
        for (const auto& way : collector.ways) {
            if (way.why_down.empty()) return {};
            whys.push_back(fmt::format("egress '{}' by '{}': {}", pool.egress, way.interface, way.why_down));
        }
    }
    return in_one_line(whys);
}

// By a way that is up, if there is one: a next hop of another is of no use.
std::string next_hop_fault(const PoolFacts& pool) {
    const bool any_up = egress_fault(pool).empty();
    std::vector<std::string> whys;
    for (const auto& collector : pool.collectors) {
        for (const auto& way : collector.ways) {
            if (any_up && !way.why_down.empty()) continue;
            if (way.why_no_next_hop.empty()) return {};
            whys.push_back(fmt::format("egress '{}' by '{}': {}", pool.egress, way.interface, way.why_no_next_hop));
        }
    }
    return in_one_line(whys);
}

std::string collectors_fault(const PoolFacts& pool) {
    std::vector<std::string> whys;
    for (const auto& collector : pool.collectors) {
        if (collector.why_unusable.empty()) return {};
        whys.push_back(fmt::format("{} ({})", collector.address, collector.why_unusable));
    }
    return fmt::format("pool '{}' has no usable collector: {}", pool.name, in_one_line(whys));
}

std::string fault(Need need, const PoolFacts& pool) {
    switch (need) {
        case Need::egress:
            return egress_fault(pool);
        case Need::next_hop:
            return next_hop_fault(pool);
        default:
            return collectors_fault(pool);
    }
}

}  // namespace

bool Readiness::ready() const {
    return !conditions.empty() && std::all_of(conditions.begin(), conditions.end(), [](const Condition& condition) {
        return !condition.needed || condition.why_not.empty();
    });
}

std::string Readiness::why_not() const {
    std::vector<std::string> whys;
    for (const auto& condition : conditions) {
        if (condition.needed && !condition.why_not.empty()) whys.push_back(condition.why_not);
    }
    return in_one_line(whys);
}

nlohmann::ordered_json Readiness::json() const {
    nlohmann::ordered_json all = nlohmann::ordered_json::object();
    for (const auto& condition : conditions) {
        auto& one = all[need_name(condition.need)];
        one = {{"needed", condition.needed}, {"met", condition.why_not.empty()}};
        if (!condition.why_not.empty()) one["why_not"] = condition.why_not;
    }
    nlohmann::ordered_json json = {{"ready", ready()}, {"conditions", std::move(all)}};
    if (!ready()) json["why_not"] = why_not();
    return json;
}

Readiness judge(const Ready& wanted, const ReadyFacts& facts) {
    Readiness readiness;
    for (const Need need : kNeeds) {
        std::vector<std::string> whys;
        if (need == Need::attached && !facts.why_not_attached.empty()) whys.push_back(facts.why_not_attached);
        for (const auto& pool : facts.pools) {
            if (need == Need::attached || !wanted.counts(pool.name)) continue;
            if (auto why = fault(need, pool); !why.empty()) whys.push_back(std::move(why));
        }
        readiness.conditions.push_back(
            {.need = need, .needed = wanted.needs_that(need), .why_not = in_one_line(whys)});
    }
    return readiness;
}

}  // namespace xdpmirror
