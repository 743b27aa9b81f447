// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The machine's own addresses on an interface. Parsing knows no socket.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/address.h"
#include "loader/netlink_socket.h"
#include "maps/result.h"

namespace xdpmirror {

struct InterfaceAddress {
    unsigned ifindex = 0;
    IpAddress address;
    std::uint8_t prefix_length = 0;
    bool addressable = false;  // another machine can send to it: not host scope, not a duplicate
};

// Nothing when the message is not an address or is malformed.
std::optional<InterfaceAddress> parse_interface_address(const NetlinkMessage& message);

// Those of one interface in the kernel's order, of every interface for 0; a `peer` on a
// point-to-point link is not ours and not among them.
Result<std::vector<InterfaceAddress>> list_addresses(NetlinkSocket& socket, unsigned ifindex);

}  // namespace xdpmirror
