// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One network device as it was found, recorded: what is unset could not be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loader/device/ethtool.h"
#include "loader/link.h"
#include "loader/netlink_socket.h"
#include "loader/xdp_occupant.h"
#include "maps/result.h"

namespace xdpmirror {

// The other end of a veth pair.
struct VethPeer {
    std::string name;  // empty: it is in another network namespace
};

struct DeviceFacts {
    LinkInfo link;
    std::string driver_version;
    std::optional<Channels> channels;
    std::optional<unsigned> rx_queues;  // in use, where the driver tells no channels either
    std::optional<Rings> rings;
    std::optional<bool> adaptive_rx;  // unset also where the driver has none
    Offloads offloads;
    std::optional<bool> udp_ports_hashed;
    std::optional<std::uint64_t> xdp_features;     // unset before Linux 6.3
    std::optional<std::uint64_t> virtio_features;  // negotiated, bit n is VIRTIO_NET_F_* n
    std::optional<XdpOccupant> occupant;           // unset: there is none
    std::string occupant_unread;                   // or this says why nobody knows
    std::optional<VethPeer> peer;
    std::vector<std::string> vlans;  // VLAN devices on it
    bool sysfs = false;              // /sys shows this namespace's devices

    bool offload_on(const std::string& name) const;
    bool offload_fixed(const std::string& name) const;
    // As the driver says, unset where it does not.
    std::optional<bool> can(std::uint64_t xdp_feature) const;
};

// Reads as much as can be read; only what the interface is must be there.
DeviceFacts gather_device(NetlinkSocket& socket, const LinkInfo& link);

// Whether /sys/class/net/<name> is this very device: a process may have entered another network
// namespace and still see the old one's /sys.
bool sysfs_shows(const LinkInfo& link);

// The first line of a file, nothing when it cannot be read.
std::optional<std::string> first_line(const std::string& path);
std::optional<int> number_in(const std::string& path);

// Bits written as "0110...", the first is bit 0: how sysfs shows virtio's features.
std::optional<std::uint64_t> parse_bits(const std::string& text);

}  // namespace xdpmirror
