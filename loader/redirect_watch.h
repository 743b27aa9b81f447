// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Counts in the books what the kernel or a driver refuses after the verdict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loader/handover.h"
#include "loader/state_dir.h"
#include "maps/result.h"

namespace xdpmirror {

// Attaches the tracepoint programs for frames that came in by `ifindex` of this network namespace
// and pins their links in `state`. `drops_fd` is xm_drops; `marks` are the fwmarks that the tc program
// gives out beside its own, `secret` is what it knows its packets by; zero if there is none.
// The result is a warning when the kernel allows no tracing programs, empty otherwise: forwarding
// works without, but then nobody counts what a driver drops.
Result<std::string> watch_redirects(const StateDir& state, int drops_fd, unsigned ifindex,
                                    const std::vector<std::uint32_t>& marks,
                                    const HandoverSecret& secret);

}  // namespace xdpmirror
