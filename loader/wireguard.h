// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The peers of a WireGuard device as the kernel tells them, through its "wireguard" generic netlink
// family. Parsing knows no socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/address.h"
#include "loader/link.h"
#include "loader/netlink_message.h"
#include "maps/result.h"

namespace xdpmirror {

struct WireguardPeer {
    std::string public_key;             // as `wg` writes it
    std::chrono::seconds keepalive{0};  // PersistentKeepalive; 0: off
    // On the wall clock, at the time when it was made; 0: never.
    std::chrono::seconds last_handshake{0};
    std::vector<Prefix> allowed;  // AllowedIPs

    std::string short_key() const;  // "xTIBA5rb…="
};

bool is_wireguard(const LinkInfo& link);

// Of one device, all messages of its dump; a peer may go over several of them.
std::vector<WireguardPeer> parse_wireguard_peers(const std::vector<NetlinkMessage>& dump);

// Whom WireGuard sends a packet for this address to, by the longest prefix; null if nobody.
const WireguardPeer* peer_for(const std::vector<WireguardPeer>& peers, const IpAddress& address);

// The sentence for a collector that nobody is behind, with the cure.
std::string no_peer_for(const std::string& interface, const IpAddress& collector);

// An error where the kernel does not tell: it has no such family, or we may not ask.
Result<std::vector<WireguardPeer>> wireguard_peers(unsigned ifindex);

}  // namespace xdpmirror
