// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// JSON text as a tree, for the profile that a state carries: much faster than as YAML, which JSON is too, but
// without lines and columns, which nobody asks for there.
#pragma once

#include <string>

#include "config/tree.h"
#include "maps/result.h"

namespace xdpmirror {

// Every node stands at the beginning of `file`. An error if it is no JSON.
Result<Node> read_json_tree(const std::string& text, const std::string& file);

}  // namespace xdpmirror
