// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Hears from the kernel that links, addresses, routes, routing rules or neighbours have changed.
#pragma once

#include "loader/netlink_socket.h"
#include "maps/result.h"

namespace xdpmirror {

class NetworkWatch {
  public:
    struct Changes {
        bool network = false;     // links, addresses, routes or rules: look them all up again
        bool neighbours = false;  // some neighbour
    };

    // Listens from here on.
    static Result<NetworkWatch> make();

    int fd() const { return socket_.fd(); }
    // What has changed since the last call. Everything, if there was too much to keep.
    Result<Changes> read();

  private:
    explicit NetworkWatch(NetlinkSocket socket) : socket_(std::move(socket)) {}

    NetlinkSocket socket_;
};

}  // namespace xdpmirror
