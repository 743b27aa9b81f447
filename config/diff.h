// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is different between two profiles, thing by thing and key by key, after extends, variables
// and defaults. The order of rules and of the ways of an egress counts; that of other lists says
// nothing.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "config/profile.h"

namespace xdpmirror {

enum class DifferenceKind { added, removed, changed, moved };

// One key of a thing; empty text: it is not there. Of lists only what is not in both.
struct FieldDifference {
    std::string field;  // "vxlan.vni"
    std::string before;
    std::string after;
    std::vector<std::string> removed{};
    std::vector<std::string> added{};

    bool operator==(const FieldDifference&) const = default;
};

struct Difference {
    std::string
        section;       // "sources", "rules", "pools", "collectors", "egress", "ways", "ready", ...
    std::string name;  // "flows", "fdi/100.76.10.11", "gcp/eth2"; empty: the section itself
    DifferenceKind kind = DifferenceKind::changed;
    std::string text{};                     // added, removed: the whole thing
    std::vector<FieldDifference> fields{};  // changed
    std::size_t place_before = 0;           // moved: from 1
    std::size_t place_after = 0;

    bool operator==(const Difference&) const = default;
};

std::vector<Difference> differences(const Profile& before, const Profile& after);

// Lines for a terminal, grouped by section; empty if there are none.
std::string to_text(const std::vector<Difference>& differences);
nlohmann::ordered_json to_json(const std::vector<Difference>& differences);

}  // namespace xdpmirror
