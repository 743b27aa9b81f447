// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The lock is on a file of its own, since the report is replaced by renaming.
#include "loader/daemon/run_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;

std::string path_of(const std::string& interface, const char* suffix) {
    return "/run/xdpmirror/" + interface + suffix;
}

Json read_json(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return Json::parse(text.str(), nullptr, false);
}

Result<> write_whole(const std::string& path, const std::string& text) {
    const std::string passing = path + ".new";
    UniqueFd file(::open(passing.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    bool written = static_cast<bool>(file);
    for (std::size_t at = 0; written && at < text.size();) {
        const auto bytes = ::write(file.get(), text.data() + at, text.size() - at);
        written = bytes > 0;
        if (written) at += static_cast<std::size_t>(bytes);
    }
    if (written && std::rename(passing.c_str(), path.c_str()) == 0) return Ok{};
    const int err = errno;
    ::unlink(passing.c_str());
    return system_error("write " + path, err);
}

}  // namespace

Result<RunFile> RunFile::take(const std::string& interface) {
    if (::mkdir("/run/xdpmirror", 0755) != 0 && errno != EEXIST) {
        const int err = errno;
        return system_error("create /run/xdpmirror", err);
    }
    const auto path = path_of(interface, ".daemon");
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) {
        const int err = errno;
        return system_error("open " + path, err);
    }
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        const int err = errno;
        if (err != EWOULDBLOCK) return system_error("lock " + path, err);
        const auto other = read_json(path_of(interface, ".run"));
        const auto pid = other.is_object() ? other.value("pid", 0) : 0;
        return Error{"another daemon runs for " + interface +
                     (pid != 0 ? ", process " + std::to_string(pid) : std::string()) +
                     "; one is enough, end it first"};
    }
    return RunFile(interface, std::move(lock));
}

Result<> RunFile::say(const Json& report) const {
    return write_whole(path_of(interface_, ".run"), report.dump(2) + "\n");
}

std::optional<Json> read_run_file(const std::string& interface) {
    const UniqueFd lock(::open(path_of(interface, ".daemon").c_str(), O_RDONLY | O_CLOEXEC));
    if (!lock) return std::nullopt;
    if (::flock(lock.get(), LOCK_SH | LOCK_NB) == 0) return std::nullopt;  // nobody holds it
    auto report = read_json(path_of(interface, ".run"));
    if (!report.is_object()) return std::nullopt;
    return report;
}

Json read_pins(const std::string& interface) {
    auto pins = read_json(path_of(interface, ".pinned"));
    return pins.is_object() ? pins : Json::object();
}

Result<> write_pins(const std::string& interface, const Json& pins) {
    return write_whole(path_of(interface, ".pinned"), pins.dump() + "\n");
}

}  // namespace xdpmirror
