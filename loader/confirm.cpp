// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The file is written whole before it gets its name.
#include "loader/confirm.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

#include "loader/attached.h"
#include "loader/lock.h"
#include "loader/privileges.h"
#include "loader/readers.h"

namespace xdpmirror {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

std::string trial_path(const std::string& interface) {
    return "/run/xdpmirror/" + interface + ".confirm";
}

std::string new_trial_path(const std::string& interface) {
    return trial_path(interface) + ".new";
}

std::uint64_t number(const nlohmann::json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

bool is_locked(int fd) {
    if (::flock(fd, LOCK_SH | LOCK_NB) != 0) return true;
    ::flock(fd, LOCK_UN);
    return false;
}

std::optional<Trial> read_trial(const std::string& interface) {
    const UniqueFd fd(::open(trial_path(interface).c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return std::nullopt;
    std::array<char, 1024> text{};
    const ssize_t bytes = ::read(fd.get(), text.data(), text.size());
    if (bytes <= 0) return std::nullopt;
    const auto json = nlohmann::json::parse(text.data(), text.data() + bytes, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    return Trial{.attached_ns = number(json, "attached_ns"),
                 .deadline_ns = number(json, "deadline_boottime_ns"),
                 .watcher_pid = number(json, "watcher_pid"),
                 .watched = is_locked(fd.get())};
}

}  // namespace

std::uint64_t boottime_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * kSecond +
           static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t Trial::seconds_left() const {
    const std::uint64_t now = boottime_ns();
    return deadline_ns > now ? (deadline_ns - now + kSecond - 1) / kSecond : 0;
}

Result<UniqueFd> create_trial_file(const std::string& interface) {
    const std::string path = new_trial_path(interface);
    ::unlink(path.c_str());
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) {
        const int err = errno;
        return system_error("create " + path, err);
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        const int err = errno;
        return system_error("lock " + path, err);
    }
    let_readers(path, 0640);
    return fd;
}

Result<> begin_trial(const std::string& interface, int file_fd, const Trial& trial) {
    const std::string path = new_trial_path(interface);
    const std::string text = nlohmann::ordered_json{{"interface", interface},
                                                    {"attached_ns", trial.attached_ns},
                                                    {"deadline_boottime_ns", trial.deadline_ns},
                                                    {"watcher_pid", trial.watcher_pid}}
                                 .dump() +
                             "\n";
    errno = ENOSPC;  // what a short write means
    if (::write(file_fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        const int err = errno;
        return system_error("write " + path, err);
    }
    if (::rename(path.c_str(), trial_path(interface).c_str()) != 0) {
        const int err = errno;
        return system_error("create " + trial_path(interface), err);
    }
    return Ok{};
}

bool is_attached(const std::string& interface, std::uint64_t attached_ns) {
    const auto meta = read_current(StateDir(interface), read_meta);
    return meta && meta->attached_ns == attached_ns;
}

std::optional<Trial> find_trial(const std::string& interface) {
    const auto trial = read_trial(interface);
    if (!trial || !is_attached(interface, trial->attached_ns)) return std::nullopt;
    return trial;
}

void end_trial(const std::string& interface) {
    ::unlink(trial_path(interface).c_str());
}

Result<> confirm(const std::string& interface) {
    if (auto allowed = require_capabilities(); !allowed) return allowed;
    auto lock = wait_for_interface(interface);  // an error would cost the operator his seconds
    if (!lock) return lock.error();
    if (!find_trial(interface)) {
        const std::string nothing = "nothing on " + interface + " waits to be confirmed";
        if (StateDir(interface).exists())
            return Error{nothing + ": the attachment stays; see xdpmirror status " + interface};
        return Error{nothing +
                     ", and nothing is attached to it: its time was over, or it never "
                     "was; attach it with: xdpmirror attach " +
                     interface + " --profile NAME --confirm 60s"};
    }
    end_trial(interface);
    return Ok{};
}

}  // namespace xdpmirror
