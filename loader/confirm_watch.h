// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The process that takes an attachment off when its trial is over without a confirmation. It is a
// session of its own, so that the death of the shell, the terminal or the SSH session does not
// touch it, and a unit of its own where systemd runs, so that logind does not end it either.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "maps/result.h"

namespace xdpmirror {

// Starts the watcher of the attachment that is about to be made; it runs when this returns. What
// the result holds, if anything, the operator should know.
Result<std::string> start_watcher(const std::string& interface, std::uint64_t attached_ns,
                                  std::chrono::seconds time);

// The watcher itself (the hidden command `confirm-watch`). Returns at once in the process that
// called, and when all is over in the one that watches.
Result<> watch_trial(const std::string& interface, std::uint64_t attached_ns,
                     std::uint64_t deadline_ns);

}  // namespace xdpmirror
