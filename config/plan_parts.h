// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The parts of make_plan(): each fills its own tables of the plan and checks their limits.
#pragma once

#include "config/plan.h"

namespace xdpmirror {

// sources, exporters, ports of tunnels, features of the ways in, XM_FEATURE_POLICY.
Result<Ok> plan_sources(const Config& config, Plan& plan);

// vnis, senders, XM_FEATURE_SENDER_LPM.
Result<Ok> plan_senders(const Config& config, Plan& plan);

// rules4, rules6, shapes, port_classes, XM_FEATURE_PORT_RANGES, XM_FEATURE_PROTOCOLS.
Result<Ok> plan_rules(const Config& config, Plan& plan);

// pools, collectors, balancer, XM_FEATURE_OVERSIZE, XM_FEATURE_BALANCE.
Result<Ok> plan_pools(const Config& config, Plan& plan);

// An error if there are more of something than layout.h has room for. `position` is that of the
// first one too many.
Result<Ok> check_limit(const Position& position, std::size_t count, std::size_t limit,
                       const char* things, const char* cure);

}  // namespace xdpmirror
