// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The plan as a whole: limits of what is listed in a profile, then the tables.
#include "config/plan.h"

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
    return check_listed(config.egress, XM_MAX_EGRESS, "egress entries", "remove those not used");
}

}  // namespace

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
