// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// `metrics` of a profile, from a tree that fits the schema.
#pragma once

#include <vector>

#include "config/config.h"
#include "config/read_listen.h"
#include "config/tree.h"
#include "maps/result.h"

namespace xdpmirror {

// The defaults if the profile does not have it.
Result<Metrics> read_metrics(const Node& root, Listeners& listeners,
                             std::vector<Warning>& warnings);

}  // namespace xdpmirror
