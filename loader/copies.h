// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The tc program for profiles whose rules send to several pools (bpf/copies.bpf.c).
#pragma once

#include "loader/data_plane.h"
#include "loader/handover.h"
#include "loader/link.h"
#include "loader/pin_dir.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// Over the tables and books of `plane`, whose plan it has; its own table is pinned. `counts_refusals`: no tracepoint program counts what
// a device refuses, so it does, as far as the kernel tells it.
Result<UniqueFd> load_copies(const DataPlane& plane, const Plan& plan, const LinkInfo& ingress,
                             const HandoverSecret& secret, const PinDir& configuration, bool counts_refusals);

}  // namespace xdpmirror
