// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A profile's tree as its parts are read from: extended, expanded, and checked against the schema.
#pragma once

#include <string>
#include <vector>

#include "config/profile.h"
#include "config/tree.h"

namespace xdpmirror {

Result<Node> read_profile_tree(const std::string& text, const std::string& file,
                               const std::vector<std::string>& directories,
                               const Environment& environment);

}  // namespace xdpmirror
