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

// By what packets that were handed over are known. A configuration without a handover has a zero secret.
struct HandedOver {
    std::vector<std::uint32_t> marks;  // fwmarks that the tc program gives out beside its own
    HandoverSecret secret{};
};

// Attaches the tracepoint programs for frames that came in by `ifindex` of this network namespace and pins
// their links in `state`, those that are not there yet; `drops_fd` is xm_drops. They look for what the given
// configurations hand over: the one that runs, and in a reload the one before or after it, at most
// XM_WATCHED_CONFIGS.
// The result is a warning when the kernel allows no tracing programs, empty otherwise: forwarding
// works without, but then nobody counts what a driver drops.
Result<std::string> watch_redirects(const StateDir& state, int drops_fd, unsigned ifindex,
                                    const std::vector<HandedOver>& configurations);

}  // namespace xdpmirror
