// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/network_watch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

namespace xdpmirror {

Result<NetworkWatch> NetworkWatch::make() {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    for (const unsigned group :
         {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
          RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, RTNLGRP_NEIGH}) {
        if (auto subscribed = socket->subscribe(group); !subscribed) return subscribed.error();
    }
    return NetworkWatch(std::move(*socket));
}

Result<NetworkWatch::Changes> NetworkWatch::read() {
    const auto events = socket_.receive_events();
    if (!events) return events.error();
    Changes changes{.network = events->lost, .neighbours = events->lost};
    for (const auto& message : events->messages) {
        const bool is_neighbour =
            message.type() == RTM_NEWNEIGH || message.type() == RTM_DELNEIGH;
        (is_neighbour ? changes.neighbours : changes.network) = true;
    }
    return changes;
}

}  // namespace xdpmirror
