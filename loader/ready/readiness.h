// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Is this node fit to be sent packets? A pure function of what the daemon knows, and of what the profile
// asks for.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/ready.h"

namespace xdpmirror {

// One way of an egress, for one collector. Empty: nothing speaks against it.
struct WayFacts {
    std::string interface;
    std::string why_down;         // the device, or the tunnel's other end
    std::string why_no_next_hop;  // no packet can be addressed
};

struct CollectorFacts {
    std::string address;
    std::vector<WayFacts> ways;  // never empty
    std::string why_unusable;    // by its health, its way, or an operator
};

struct PoolFacts {
    std::string name;
    std::string egress;
    std::vector<CollectorFacts> collectors;  // never empty
};

struct ReadyFacts {
    std::string why_not_attached;
    std::vector<PoolFacts> pools;
};

struct Readiness {
    struct Condition {
        Need need;
        bool needed = true;
        std::string why_not;  // one line; empty: it is met

        bool operator==(const Condition&) const = default;
    };

    std::vector<Condition> conditions;  // in the order of kNeeds; none: nobody has looked, so not ready

    bool ready() const;
    // The conditions that are needed and not met, in one line; empty if ready.
    std::string why_not() const;
    nlohmann::ordered_json json() const;
    bool operator==(const Readiness&) const = default;
};

Readiness judge(const Ready& wanted, const ReadyFacts& facts);

}  // namespace xdpmirror
