// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// An interface as the kernel describes it, at the moment it was asked. Parsing knows no socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/address.h"
#include "loader/netlink_socket.h"
#include "maps/result.h"

namespace xdpmirror {

struct LinkInfo {
    unsigned ifindex = 0;
    std::string name;       // the kernel's own, also when it was looked for by another name
    std::string kind;       // "veth", "bond", "vlan", "wireguard", ...; empty for hardware
    std::string driver;     // as `ethtool -i` names it; empty when the driver does not say
    unsigned arp_type = 0;  // ARPHRD_*
    MacAddress mac{};       // zero when the device has none
    std::uint32_t mtu = 0;
    bool up = false;              // set up by the administrator
    bool carrier = false;         // and something is at the other end
    bool asks_neighbours = true;  // false: the device does no ARP and no neighbour discovery
    unsigned parent = 0;          // ifindex of the device that this one is stacked on, as a VLAN is
    unsigned master = 0;          // ifindex of the bond, bridge or VRF that this is a port of
    std::string master_name;
    std::string master_kind;  // "bond", "bridge", "vrf", "team"

    bool is_ethernet() const;
};

// All but `driver` and `master_name`; nothing when the message is not a link or is malformed.
std::optional<LinkInfo> parse_link(const NetlinkMessage& message);

Result<std::vector<LinkInfo>> list_links(NetlinkSocket& socket);
// Error: names the interfaces that exist and the one that was perhaps meant.
Result<LinkInfo> find_link(NetlinkSocket& socket, const std::string& name);
Result<LinkInfo> find_link(NetlinkSocket& socket, unsigned ifindex);

// The sentence for a name that no interface has.
std::string no_such_interface(const std::string& name, const std::vector<std::string>& existing);

}  // namespace xdpmirror
