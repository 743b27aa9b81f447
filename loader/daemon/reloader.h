// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// SIGHUP: runs `xdpmirror reload` as a process of its own, so that the daemon goes on watching while a
// configuration is built, and does not have its memory.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "loader/daemon/event_loop.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class Reloader {
  public:
    // Called when it has ended; its own words are on our standard error.
    using Ended = std::function<void(bool done)>;

    // Borrows the loop.
    Reloader(EventLoop& loop, std::string interface, std::string profile)
        : loop_(loop), interface_(std::move(interface)), profile_(std::move(profile)) {}
    Reloader(const Reloader&) = delete;
    Reloader& operator=(const Reloader&) = delete;
    ~Reloader();

    // One at a time: asked again meanwhile, it runs once more afterwards.
    Result<> start(Ended ended);

  private:
    Result<> collect();

    EventLoop& loop_;
    std::string interface_, profile_;
    Ended ended_;
    pid_t pid_ = 0;
    UniqueFd process_;
    bool again_ = false;
};

}  // namespace xdpmirror
