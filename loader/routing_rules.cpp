// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/routing_rules.h"

#include "config/plan.h"
#include "loader/silence.h"
#include "loader/state_dir.h"
#include "loader/attached.h"

namespace xdpmirror {

// The tc program has marks of its own.
RoutingRules routing_rules(const Config& config, std::uint32_t features) {
    RoutingRules rules{.silenced = marks_of(config), .steered = steering_of(config)};
    if ((features & XM_FEATURE_HANDOVER) != 0)
        rules.silenced.insert(rules.silenced.end(), {XM_HANDOVER_MARK, XM_FRAGMENT_MARK});
    return rules;
}

// No packet may be routed that would still be answered.
Result<> add_rules(const RoutingRules& rules) {
    if (auto quiet = silence(rules.silenced); !quiet) return quiet;
    return steer(rules.steered);
}

RoutingRules without(RoutingRules rules, const RoutingRules& needed) {
    for (const auto mark : needed.silenced) std::erase(rules.silenced, mark);
    for (const auto& rule : needed.steered) std::erase(rules.steered, rule);
    return rules;
}

Result<> remove_rules(RoutingRules rules, const std::string& interface) {
    for (const auto& other : StateDir::interfaces()) {
        if (other == interface) continue;
        const auto attached = read_attached(other);
        if (!attached) continue;
        rules = without(std::move(rules), routing_rules(attached->profile.config, attached->meta.features));
    }
    if (auto ended = end_steering(rules.steered); !ended) return ended;
    return end_silence(rules.silenced);
}

}  // namespace xdpmirror
