// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// YAML text to a tree. Knows YAML and nothing of profiles.
#pragma once

#include <string>

#include "config/tree.h"
#include "maps/result.h"

namespace xdpmirror {

// One document whose root is a mapping. Scalars that contain "$" are typed after expansion only.
Result<Node> parse_yaml(const std::string& text, const std::string& file);

}  // namespace xdpmirror
