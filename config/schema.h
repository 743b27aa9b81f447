// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A tree against a JSON Schema. valijson judges; the sentences are ours, made from the place in the
// schema that was violated and the value that violates it.
#pragma once

#include <string>

#include "config/tree.h"
#include "maps/result.h"

namespace xdpmirror {

// The error is the first violation in the order of the text.
Result<Ok> check_schema(const Node& root, const std::string& schema);

// Names of sources, rules, pools and egress: what tables, labels and command lines can carry.
bool is_name(const std::string& text);

}  // namespace xdpmirror
