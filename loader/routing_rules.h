// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// All routing rules that an attachment needs; attachments that need the same share them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.h"
#include "loader/steering.h"
#include "maps/result.h"

namespace xdpmirror {

struct RoutingRules {
    std::vector<std::uint32_t> silenced;  // marks by which the kernel's answers are stopped
    std::vector<Steering> steered;        // where it routes to
};

// `features` are those of the attachment's program: enum xm_feature.
RoutingRules routing_rules(const Config& config, std::uint32_t features);

// Those of `rules` that are not in `needed`.
RoutingRules without(RoutingRules rules, const RoutingRules& needed);

Result<> add_rules(const RoutingRules& rules);
// Takes away those that no attachment but that of `interface` needs.
Result<> remove_rules(RoutingRules rules, const std::string& interface);

}  // namespace xdpmirror
