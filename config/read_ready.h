// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// `ready` of a profile, from a tree that fits the schema.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "config/config.h"
#include "config/read_listen.h"
#include "config/tree.h"
#include "maps/result.h"

namespace xdpmirror {

// The defaults if the profile does not have it. `config` has everything else already.
Result<Ready> read_ready(const Node& root, const Config& config, Listeners& listeners,
                         std::vector<Warning>& warnings);

// What is not said, in words of the profile.
void fill_ready(nlohmann::ordered_json& profile);

}  // namespace xdpmirror
