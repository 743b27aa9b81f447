// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Where the kernel would send a packet for an address. A lookup that finds nothing is an answer,
// not an error. Parsing knows no socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/address.h"
#include "loader/netlink_socket.h"
#include "maps/result.h"

namespace xdpmirror {

struct Route {
    enum class Kind {
        none,
        unicast,
        local,
        broadcast,
        multicast,
        blackhole,
        unreachable,
        prohibit
    };

    Kind kind = Kind::none;
    unsigned ifindex = 0;
    std::string interface {};            // its name
    std::optional<IpAddress> gateway{};  // unset: the destination itself is a neighbour
    std::uint32_t mtu = 0;               // the route's own metric, 0 when it has none
    bool encapsulated = false;           // the route adds a header (MPLS, segment routing, ...)
};

// All but `interface`; nothing when the message is not a route or is malformed.
std::optional<Route> parse_route(const NetlinkMessage& message);

class RouteTable {
  public:
    virtual ~RouteTable() = default;
    // As the machine itself would send.
    virtual Result<Route> lookup(const IpAddress& to) = 0;
    // Only among the routes that leave by this interface; Kind::none when there is none.
    virtual Result<Route> lookup_by(const IpAddress& to, unsigned ifindex) = 0;
};

class KernelRoutes : public RouteTable {
  public:
    explicit KernelRoutes(NetlinkSocket& socket) : socket_(socket) {}  // borrows
    Result<Route> lookup(const IpAddress& to) override;
    Result<Route> lookup_by(const IpAddress& to, unsigned ifindex) override;
    // As a packet of somebody else's that is sent through this interface.
    Result<Route> lookup_forwarded(const IpAddress& to, unsigned ifindex);
    // As a packet with this fwmark.
    Result<Route> lookup_marked(const IpAddress& to, std::uint32_t mark);

  private:
    Result<Route> ask(const IpAddress& to, unsigned ifindex, unsigned flags,
                      const IpAddress* from = nullptr, std::uint32_t mark = 0);

    NetlinkSocket& socket_;
};

}  // namespace xdpmirror
