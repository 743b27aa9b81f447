// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The neighbour through which a collector is reached over one egress. A next hop that was resolved
// answered just now or was fixed by somebody; a MAC that is only remembered is never returned.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "config/address.h"
#include "config/config.h"
#include "loader/link.h"
#include "loader/neighbour.h"
#include "loader/route.h"
#include "maps/result.h"

namespace xdpmirror {

struct NextHop {
    enum class From { route, address, fixed };  // next_hop: auto, an address, a MAC

    MacAddress mac{};
    std::optional<IpAddress>
        via;  // whose MAC it is: gateway, or the collector itself; unset if fixed
    unsigned ifindex = 0;
    std::uint32_t mtu = 0;  // the smaller of the interface's and the route's
    From from = From::fixed;
};

// Whose MAC is needed: what the route, or the profile, says. Asks no neighbour.
struct Via {
    IpAddress address;
    std::uint32_t mtu = 0;  // as in NextHop
    NextHop::From from = NextHop::From::route;
};

// For a choice that is not a MAC. Every error is one line with its cure.
Result<Via> find_via(RouteTable& routes, const LinkInfo& egress, const NextHopChoice& choice,
                     const IpAddress& collector);

// Is the MAC that of one station?
bool is_one_station(const MacAddress& mac);

// Every error is one line with its cure. Asks nobody when `choice` is a MAC. `ahead`: so long ago the neighbour
// was asked already, which an error counts in.
Result<NextHop> resolve_next_hop(RouteTable& routes, NeighbourTable& neighbours,
                                 const LinkInfo& egress, const NextHopChoice& choice,
                                 const IpAddress& collector, std::chrono::milliseconds timeout,
                                 std::chrono::milliseconds ahead = {});

}  // namespace xdpmirror
