// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A TCP port of ours on an event loop, which takes connections or refuses them, as it is told. It stays ours
// while it refuses them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/listen_address.h"
#include "loader/daemon/event_loop.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// A socket that refuses connections. The error says who may have the port, and what else is possible; `key` is
// where the profile says so.
Result<UniqueFd> bind_listener(const ListenAddress& at, const std::string& key);

class Listener {
  public:
    using Taken = std::function<void(UniqueFd)>;  // a connection

    // Borrows the loop, which must outlive it.
    Listener(EventLoop& loop, ListenAddress at, UniqueFd bound, std::string key, Taken taken);
    ~Listener() { close(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // An error if somebody has taken the port meanwhile. To be called again and again: one that had to stop for
    // want of descriptors goes on.
    Result<> open();
    // Who asks is refused at once, and who waits to be taken, too.
    void close();
    const ListenAddress& at() const { return at_; }

  private:
    Result<> take();

    EventLoop& loop_;
    ListenAddress at_;
    UniqueFd fd_;
    std::string key_;
    Taken taken_;
    bool open_ = false;
    bool watched_ = false;
};

}  // namespace xdpmirror
