// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What bpf_redirect_neigh makes of a route. For IPv6 it looks among all routes, not only those of the
// device: if another one is preferred, it asks that one's gateway on this device, and nobody answers.
#pragma once

#include "config/address.h"
#include "loader/link.h"
#include "loader/next_hop.h"
#include "loader/route.h"
#include "loader/way_out.h"
#include "maps/result.h"

namespace xdpmirror {

// An error, with the cure, if packets for the collector would not find the neighbour `via`. Only path tc into
// an Ethernet device is asked about.
Result<> require_forwarded_to(KernelRoutes& routes, const LinkInfo& egress, xm_path path,
                              const IpAddress& collector, const IpAddress& via);

}  // namespace xdpmirror
