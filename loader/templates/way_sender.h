// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Sends IP packets of others by the very way that the data plane sends theirs, and so that their source
// stays: past routing and netfilter where that way passes them too.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "config/address.h"
#include "maps/layout.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class WaySender {
  public:
    // Errors: no device, a queue that is full, a packet that is larger than the way carries.
    Result<> send(const xm_next_hop& way, const IpAddress& to, std::span<const std::uint8_t> packet);

  private:
    static Result<> send_frame(int socket, const xm_next_hop& way, Family family,
                               std::span<const std::uint8_t> frame);
    Result<> send_routed(const xm_next_hop& way, const IpAddress& to, std::span<const std::uint8_t> packet);

    UniqueFd frames_;         // AF_PACKET, for what needs no routing
    UniqueFd routed4_, routed6_;  // raw IP with its header
};

}  // namespace xdpmirror
