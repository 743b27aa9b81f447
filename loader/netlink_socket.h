// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One netlink socket of the namespace the process was in when it was opened. A socket either asks
// (request) or listens (subscribe, then receive_events), never both; it belongs to one thread.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "loader/netlink_message.h"
#include "maps/result.h"

struct nl_sock;

namespace xdpmirror {

struct NetlinkSocketFree {
    void operator()(nl_sock* socket) const;
};

class NetlinkSocket {
  public:
    // NETLINK_ROUTE or NETLINK_GENERIC. The descriptor is close-on-exec.
    static Result<NetlinkSocket> open(int protocol);

    // Sends and reads until the kernel has answered wholly. An error carries the kernel's errno and
    // its own words where it has any.
    Result<std::vector<NetlinkMessage>> request(const NetlinkRequest& request);

    Result<> subscribe(unsigned group);  // RTNLGRP_*; receiving no longer blocks from here on

    struct Events {
        std::vector<NetlinkMessage> messages;
        bool lost = false;  // the kernel dropped some: read the state itself again
    };
    Result<Events> receive_events();  // what is there now, possibly nothing
    // Waits until receive_events has something; false when `time` ran out first.
    Result<bool> wait(std::chrono::nanoseconds time) const;

    int fd() const;

  private:
    explicit NetlinkSocket(nl_sock* socket) : socket_(socket) {}
    struct Batch;
    Result<Batch> receive();
    Result<std::vector<NetlinkMessage>> request_once(const NetlinkRequest& request, bool& torn);

    std::unique_ptr<nl_sock, NetlinkSocketFree> socket_;
};

}  // namespace xdpmirror
