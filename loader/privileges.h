// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the process must be allowed to do, asked before anything is touched.
#pragma once

#include <cstdint>
#include <string>

#include "maps/result.h"

namespace xdpmirror {

// Names of the capabilities that are missing in an effective set (bit n is capability n), comma
// separated; empty when BPF programs may be loaded and attached.
std::string missing_capabilities(std::uint64_t effective);

// An error with the cure unless this process has them.
Result<> require_capabilities();

}  // namespace xdpmirror
