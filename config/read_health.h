// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// `health` of a pool, from a tree that fits the schema.
#pragma once

#include <string>

#include "config/health.h"
#include "config/tree.h"
#include "maps/result.h"

namespace xdpmirror {

// `path` names the node in messages: "pools.p.health".
Result<Health> read_health(const Node& node, const std::string& path);

// What is not said, in words of the profile.
void fill_health(nlohmann::ordered_json& health);

}  // namespace xdpmirror
