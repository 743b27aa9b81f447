// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who is at the other end of ways that are WireGuard devices, collector by collector.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "loader/daemon/handshakes.h"
#include "loader/link.h"

namespace xdpmirror {

class TunnelPeers {
  public:
    using Time = Handshakes::Time;
    using Read = std::function<Result<std::vector<WireguardPeer>>(unsigned ifindex)>;

    explicit TunnelPeers(Read read = wireguard_peers) : read_(std::move(read)) {}

    // Reads the peers of the device, if it is WireGuard's. Where the kernel does not tell them, nothing
    // is known against any way; `say` hears of it once for each device.
    void look(const LinkInfo& link, Time now, const std::function<void(const std::string&)>& say);

    struct Finding {
        std::string no_peer;  // nothing for this collector can pass; empty if there is somebody
        std::string silent;   // he does not answer; empty if he does, or if nobody can tell
    };
    Finding find(const LinkInfo& link, const IpAddress& collector, Time now) const;

  private:
    Read read_;
    std::map<unsigned, std::vector<WireguardPeer>> peers_;  // by device
    std::set<unsigned> unread_;                             // devices that are not told
    Handshakes handshakes_;
};

}  // namespace xdpmirror
