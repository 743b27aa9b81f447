// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/reloader.h"

#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace xdpmirror {
namespace {

constexpr const char* kSelf = "/proc/self/exe";

// The signals that the loop has blocked are not blocked there.
Result<pid_t> spawn(std::vector<std::string> arguments) {
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t pid = 0;
    const int err = ::posix_spawn(&pid, kSelf, nullptr, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    if (err != 0) return system_error("start the reload", err);
    return pid;
}

}  // namespace

Reloader::~Reloader() {
    if (process_) loop_.remove(process_.get());
}

Result<> Reloader::start(Ended ended) {
    ended_ = std::move(ended);
    if (process_) {
        again_ = true;
        return Ok{};
    }
    auto pid = spawn({"xdpmirror", "reload", interface_, "--profile", profile_});
    if (!pid) return pid.error();
    pid_ = *pid;
    process_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    if (!process_) {
        const int err = errno;
        ::waitpid(pid_, nullptr, 0);
        return system_error("watch the reload", err);
    }
    return loop_.on_readable(process_.get(), [this] { return collect(); });
}

Result<> Reloader::collect() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0) return Ok{};
    loop_.remove(process_.get());
    process_ = UniqueFd();
    ended_(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (!again_) return Ok{};
    again_ = false;
    return start(ended_);
}

}  // namespace xdpmirror
