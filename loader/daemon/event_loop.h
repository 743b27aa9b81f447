// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One thread that waits for descriptors and timers. Everything that the daemon does is a callback of it:
// short, and never waiting for anything itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class EventLoop {
  public:
    // An error of a callback ends run() with it.
    using Callback = std::function<Result<>()>;

    static Result<EventLoop> make();

    // Calls back while `fd` has something to read. Borrows it; it must outlive the loop, or be removed.
    Result<> on_readable(int fd, Callback callback) { return watch(fd, true, false, std::move(callback)); }
    // Calls back while it can be written to, read or both, or has an error. Replaces what `fd` was watched for.
    Result<> watch(int fd, bool readable, bool writable, Callback callback);
    // Before `fd` is closed; also from a callback, its own included.
    void remove(int fd);
    // Calls back again and again, first after `every`.
    Result<> every(std::chrono::milliseconds every, Callback callback);
    // Calls back with SIGTERM and SIGINT, SIGHUP and the like, which are blocked from here on.
    Result<> on_signal(int signal, Callback callback);

    // Until stop().
    Result<> run();
    void stop() { stopped_ = true; }

  private:
    explicit EventLoop(UniqueFd epoll) : epoll_(std::move(epoll)) {}

    UniqueFd epoll_;
    // A descriptor's number comes back soon after it was closed; the watch's does not.
    struct Watch {
        std::uint32_t number;
        std::shared_ptr<const Callback> callback;  // lives while it runs
    };
    std::map<int, Watch> watches_;  // by descriptor
    std::uint32_t next_number_ = 0;
    std::vector<UniqueFd> owned_;        // timers and signals
    bool stopped_ = false;
};

}  // namespace xdpmirror
