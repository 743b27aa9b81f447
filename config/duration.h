// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A time as operators type it: 60, 60s, 2m, 1h.
#pragma once

#include <chrono>
#include <string>

#include "maps/result.h"

namespace xdpmirror {

// From 1 second to 1 hour, whole numbers, seconds without a unit. The error names the limits.
Result<std::chrono::seconds> parse_duration(const std::string& text);

}  // namespace xdpmirror
