// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The Plan's references made real on this machine: own addresses, egress devices and the way out by
// each of them, next hops.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/plan.h"
#include "loader/data_plane.h"
#include "loader/link.h"
#include "loader/handover.h"
#include "loader/next_hop.h"
#include "loader/resolve_way.h"
#include "maps/result.h"

namespace xdpmirror {

struct Resolution {
    Resolved rows;
    std::vector<std::vector<ResolvedWay>> ways;  // as in Config::egress
    HandoverSecret secret{};                     // zero if no packet is handed over
    std::vector<std::string> notes;              // what an operator should know: standbys in use, ...
};

// By Plan::CollectorRow::label the interface that a collector is reached by already.
using PreferredWays = std::map<std::string, std::string>;

// Every collector gets the way that is preferred for it, if it works, or else the first of its egress's ways
// that works now. Errors name the interface, egress
// or next hop and the cure. Asks neighbours, for at most three seconds each.
Result<Resolution> resolve(const Config& config, const Plan& plan, const LinkInfo& ingress,
                           const PreferredWays& preferred = {});

// For packets that leave only on paper (explain): every outer destination is ours, egress devices
// and next hops that this machine cannot name get zero MACs and the loopback device. `unresolved`
// says which.
Resolution resolve_on_paper(const Config& config, const Plan& plan,
                            std::vector<std::string>& unresolved);

}  // namespace xdpmirror
