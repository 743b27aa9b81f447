// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Whether the peers of WireGuard devices are there, by the age of their last handshake. Knows no clock
// and no socket.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "loader/wireguard.h"

namespace xdpmirror {

// The kernel tells a handshake by the wall clock, which may be set meanwhile: that is believed at the
// first look only, and from then on counts when another time of a handshake was seen.
class Handshakes {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // All peers of a device as they are now; those that it has no more are forgotten. `wall` is now on
    // the wall clock, since 1970.
    void look(unsigned ifindex, const std::vector<WireguardPeer>& peers, Time now,
              std::chrono::seconds wall);
    // Nothing: there was none.
    std::optional<std::chrono::seconds> age(unsigned ifindex, const std::string& public_key,
                                            Time now) const;

  private:
    struct Seen {
        std::chrono::seconds last;  // as the kernel tells it
        Time at;                    // when that was
    };
    std::map<unsigned, std::map<std::string, Seen>> seen_;  // by device, by key
};

// Why nothing is to be sent by this peer; empty if something may be. Without PersistentKeepalive the
// kernel does not try by itself, so the age says nothing.
std::string why_silent(const WireguardPeer& peer, std::optional<std::chrono::seconds> age);

}  // namespace xdpmirror
