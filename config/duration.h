// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A time as operators type it: 60, 60s, 2m, 1h, and 500ms where that is short enough.
#pragma once

#include <chrono>
#include <string>

#include "maps/result.h"

namespace xdpmirror {

// From 1 second to 1 hour, whole numbers, seconds without a unit. The error names the limits.
Result<std::chrono::seconds> parse_duration(const std::string& text);

// The same, and from 100ms on in milliseconds.
Result<std::chrono::milliseconds> parse_interval(const std::string& text);

// As parse_interval() takes it: "2s", "1500ms".
std::string interval_text(std::chrono::milliseconds interval);

}  // namespace xdpmirror
