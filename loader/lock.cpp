// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// flock, because the kernel frees it when the process dies.
#include "loader/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <thread>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 20ms;  // flock has no time limit

std::string lock_path(const std::string& interface) {
    return "/run/xdpmirror/" + interface + ".lock";
}

Result<UniqueFd> open_lock(const std::string& interface) {
    const std::string directory = "/run/xdpmirror";
    if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
        const int err = errno;
        return system_error("create " + directory, err);
    }
    const std::string path = lock_path(interface);
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) {
        const int err = errno;
        return system_error("open " + path, err);
    }
    return fd;
}

}  // namespace

Result<UniqueFd> lock_interface(const std::string& interface) { return lock_interface_within(interface, 0ms); }

Result<UniqueFd> lock_interface_within(const std::string& interface, std::chrono::milliseconds patience) {
    auto fd = open_lock(interface);
    if (!fd) return fd.error();
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (::flock(fd->get(), LOCK_EX | LOCK_NB) != 0) {
        const int err = errno;
        const std::string path = lock_path(interface);
        if (err != EWOULDBLOCK) return system_error("lock " + path, err);
        if (std::chrono::steady_clock::now() >= limit)
            return Error{"another xdpmirror command is changing " + interface +
                         "; wait for it to end, or see who holds it: fuser " + path};
        std::this_thread::sleep_for(kLookEvery);
    }
    return fd;
}

Result<UniqueFd> wait_for_interface(const std::string& interface) {
    auto fd = open_lock(interface);
    if (!fd) return fd.error();
    while (::flock(fd->get(), LOCK_EX) != 0) {
        const int err = errno;
        if (err != EINTR) return system_error("lock " + lock_path(interface), err);
    }
    return fd;
}

}  // namespace xdpmirror
