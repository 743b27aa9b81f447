// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// std::chrono's steady clock is CLOCK_MONOTONIC in libstdc++.
#include "loader/daemon/timer.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace xdpmirror {

Result<Timer> Timer::make(EventLoop& loop, EventLoop::Callback callback) {
    UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    int err = errno;
    if (!timer) return system_error("create a timer", err);
    const int fd = timer.get();
    auto watched = loop.on_readable(fd, [fd, callback = std::move(callback)]() -> Result<> {
        std::uint64_t times = 0;
        // Set again since it was found readable: not yet.
        if (::read(fd, &times, sizeof(times)) < 0) return Ok{};
        return callback();
    });
    if (!watched) return watched.error();
    return Timer(loop, std::move(timer));
}

Timer::~Timer() {
    if (fd_) loop_->remove(fd_.get());
}

Result<> Timer::set(Time time) {
    using namespace std::chrono;
    // Zero would clear it.
    const auto since = std::max(duration_cast<nanoseconds>(time.time_since_epoch()), nanoseconds(1));
    const auto whole = duration_cast<seconds>(since);
    const itimerspec spec{.it_interval = {}, .it_value = {.tv_sec = whole.count(),
                                                         .tv_nsec = (since - whole).count()}};
    if (::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &spec, nullptr) == 0) return Ok{};
    const int err = errno;
    return system_error("set a timer", err);
}

void Timer::clear() {
    const itimerspec spec{};
    ::timerfd_settime(fd_.get(), 0, &spec, nullptr);
}

}  // namespace xdpmirror
