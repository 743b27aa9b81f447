// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A next hop as the data plane reads it.
#pragma once

#include <cstddef>

#include "config/config.h"
#include "loader/handover.h"
#include "loader/link.h"
#include "loader/next_hop.h"
#include "maps/layout.h"

namespace xdpmirror {

// `way_row` is the way's row of xm_egress; of `hop`, MAC and MTU count.
xm_next_hop make_next_hop_row(const Egress& egress, const WayOut& way, const LinkInfo& link,
                              xm_path path, std::size_t way_row, const NextHop& hop);

// Is there somebody whose MAC is needed? Not on devices without neighbours, nor where the kernel routes.
bool has_neighbour(xm_path path, const LinkInfo& link);

}  // namespace xdpmirror
