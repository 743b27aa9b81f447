// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One way out made real on this machine: its device, how packets are handed to it, and whether the kernel
// is set so that nobody who is mirrored hears of it. Asks no neighbour.
#pragma once

#include <optional>
#include <vector>

#include "config/config.h"
#include "loader/link.h"
#include "loader/netlink_socket.h"
#include "loader/way_out.h"
#include "maps/result.h"

namespace xdpmirror {

struct ResolvedWay {
    LinkInfo link;
    ChosenPath chosen;
    std::optional<Error> error;  // why nothing can leave by it now
};

// `families` are those of the collectors that may use it. Errors name the interface or the setting, and
// the cure.
Result<ResolvedWay> resolve_way(NetlinkSocket& socket, const Egress& egress, const WayOut& way,
                                const LinkInfo& ingress, const std::vector<Family>& families);

// What the program must be able to do for this way, now or when its device comes: enum xm_feature.
std::uint32_t features_of(const WayOut& way, const ResolvedWay& resolved, const LinkInfo& ingress);

}  // namespace xdpmirror
