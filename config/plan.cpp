// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The plan as a whole: limits of what is listed in a profile, then the tables.
#include "config/plan.h"

#include <algorithm>

#include "config/messages.h"
#include "config/plan_parts.h"

namespace xdpmirror {
namespace {

template <class T>
Result<Ok> check_listed(const std::vector<T>& things, std::size_t limit, const char* noun,
                        const char* cure) {
    const bool is_over = things.size() > limit;

    return check_limit(is_over ? things[limit].position : Position{}, things.size(), limit, noun,
                       cure);
}

// Ways out and fwmarks, each over all egresses.
Result<Ok> check_ways(const Config& config) {
    std::vector<WayOut> ways;
    std::vector<WayOut> marked;

    for (const Egress& egress : config.egress) {
        for (const WayOut& way : egress.ways) {
            ways.push_back(way);
            const bool is_new = std::ranges::none_of(
                marked, [&](const WayOut& other) { return other.mark == way.mark; });
            if (way.mark != 0 && way.mark != XM_HANDOVER_MARK && is_new) {
                marked.push_back(way);
            }
        }
    }
    if (auto done = check_listed(ways, XM_MAX_EGRESS, "ways out", "remove those not used"); !done) {
        return done;
    }
    return check_listed(marked, XM_MAX_MARKS - 1, "fwmarks", "let egresses share a mark");
}

Result<Ok> check_limits(const Config& config) {
    if (auto done = check_listed(config.sources, XM_MAX_SOURCES, "sources",
                                 "put sources with the same VNI together, with a longer 'from'");
        !done) {
        return done;
    }
    if (auto done =
            check_listed(config.rules, XM_MAX_RULES, "rules", "use wider prefixes or ranges");
        !done) {
        return done;
    }
    if (auto done = check_listed(config.pools, XM_MAX_POOLS, "pools", "remove those not used");
        !done) {
        return done;
    }
    return check_ways(config);
}

}  // namespace

std::size_t first_way_row(const Config& config, std::size_t egress) {
    std::size_t row = 0;

    for (std::size_t i = 0; i < egress; i++) {
        row += config.egress[i].ways.size();
    }
    return row;
}

std::vector<std::uint32_t> marks_of(const Config& config) {
    std::vector<std::uint32_t> marks;

    for (const Egress& egress : config.egress) {
        for (const WayOut& way : egress.ways) {
            if (way.mark != 0 && std::ranges::find(marks, way.mark) == marks.end()) {
                marks.push_back(way.mark);
            }
        }
    }
    return marks;
}

std::vector<Family> families_of(const Plan& plan, std::size_t egress) {
    std::vector<Family> families;

    for (const Plan::CollectorRow& collector : plan.collectors) {
        const Family family = collector.address.family;
        if (collector.egress == egress && std::ranges::find(families, family) == families.end()) {
            families.push_back(family);
        }
    }
    return families;
}

Result<Ok> check_limit(const Position& position, std::size_t count, std::size_t limit,
                       const char* things, const char* cure) {
    if (count <= limit) {
        return Ok{};
    }
    return error_at<Message::kLimit>(position, count, things, limit, cure);
}

Result<Plan> make_plan(const Config& config) {
    Plan plan;

    if (auto done = check_limits(config); !done) {
        return done.error();
    }
    if (auto done = plan_sources(config, plan); !done) {
        return done.error();
    }
    if (auto done = plan_senders(config, plan); !done) {
        return done.error();
    }
    if (auto done = plan_rules(config, plan); !done) {
        return done.error();
    }
    if (auto done = plan_pools(config, plan); !done) {
        return done.error();
    }
    return plan;
}

}  // namespace xdpmirror
