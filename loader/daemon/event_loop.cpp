// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/event_loop.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace xdpmirror {
namespace {

Error failed(const char* what) {
    const int err = errno;
    return system_error(what, err);
}

// Timers and signals must be read, or they stay readable.
Result<> consume(int fd) {
    std::array<char, 1024> buffer{};
    if (::read(fd, buffer.data(), buffer.size()) >= 0 || errno == EAGAIN) return Ok{};
    return failed("read a timer or signal");
}

}  // namespace

Result<EventLoop> EventLoop::make() {
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) return failed("create an epoll instance");
    return EventLoop(std::move(epoll));
}

Result<> EventLoop::watch(int fd, bool readable, bool writable, Callback callback) {
    const auto number = next_number_++;
    epoll_event event{};
    event.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
    event.data.u64 = std::uint64_t{number} << 32 | static_cast<std::uint32_t>(fd);
    const int change = watches_.contains(fd) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (::epoll_ctl(epoll_.get(), change, fd, &event) != 0) return failed("watch a descriptor");
    watches_[fd] = {number, std::make_shared<const Callback>(std::move(callback))};
    return Ok{};
}

void EventLoop::remove(int fd) {
    if (watches_.erase(fd) != 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

Result<> EventLoop::every(std::chrono::milliseconds every, Callback callback) {
    UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!timer) return failed("create a timer");
    constexpr long kMillisecond = 1'000'000;
    const timespec time{.tv_sec = every.count() / 1000,
                        .tv_nsec = every.count() % 1000 * kMillisecond};
    const itimerspec spec{.it_interval = time, .it_value = time};
    if (::timerfd_settime(timer.get(), 0, &spec, nullptr) != 0) return failed("set a timer");
    const int fd = timer.get();
    owned_.push_back(std::move(timer));
    return on_readable(fd, [fd, callback = std::move(callback)]() -> Result<> {
        if (auto read = consume(fd); !read) return read;
        return callback();
    });
}

Result<> EventLoop::on_signal(int signal, Callback callback) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return failed("block a signal");
    UniqueFd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals) return failed("watch a signal");
    const int fd = signals.get();
    owned_.push_back(std::move(signals));
    return on_readable(fd, [fd, callback = std::move(callback)]() -> Result<> {
        if (auto read = consume(fd); !read) return read;
        return callback();
    });
}

Result<> EventLoop::run() {
    stopped_ = false;
    while (!stopped_) {
        std::array<epoll_event, 16> events{};
        const int ready =
            ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) return failed("wait for events");
        for (int i = 0; i < ready && !stopped_; ++i) {
            const auto what = events[static_cast<std::size_t>(i)].data.u64;
            const auto found = watches_.find(static_cast<int>(what & 0xffffffff));
            if (found == watches_.end() || found->second.number != what >> 32) continue;
            const auto callback = found->second.callback;
            if (auto done = (*callback)(); !done) return done;
        }
    }
    return Ok{};
}

}  // namespace xdpmirror
