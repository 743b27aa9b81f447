// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One moment on an event loop, to be set again and again.
#pragma once

#include <chrono>

#include "loader/daemon/event_loop.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class Timer {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // Borrows the loop, which must outlive it.
    static Result<Timer> make(EventLoop& loop, EventLoop::Callback callback);
    Timer(Timer&& other) noexcept = default;
    Timer& operator=(Timer&&) = delete;
    ~Timer();

    // Calls back once, at this time or soon after, even if it has passed; no earlier one any more.
    Result<> set(Time time);
    void clear();

  private:
    Timer(EventLoop& loop, UniqueFd fd) : loop_(&loop), fd_(std::move(fd)) {}

    EventLoop* loop_;
    UniqueFd fd_;
};

}  // namespace xdpmirror
