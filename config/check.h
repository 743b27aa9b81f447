// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What must hold between the parts of a profile: names are unique and refer to something, packets
// have one source, and next hops can reach their collectors.
#pragma once

#include "config/config.h"
#include "config/tree.h"
#include "maps/result.h"

namespace xdpmirror {

// `root` is the tree that the configuration was read from; it knows the places.
Result<Ok> check_references(const Config& config, const Node& root);

}  // namespace xdpmirror
