// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One command at a time changes an interface. The lock dies with its holder.
#pragma once

#include <chrono>
#include <string>

#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// Holds /run/xdpmirror/<interface>.lock until the descriptor closes; an error when it is taken.
Result<UniqueFd> lock_interface(const std::string& interface);

// The same, but it may be taken for so long.
Result<UniqueFd> lock_interface_within(const std::string& interface, std::chrono::milliseconds patience);

// The same, but waits until it is free.
Result<UniqueFd> wait_for_interface(const std::string& interface);

}  // namespace xdpmirror
