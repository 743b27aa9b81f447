// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The lock is on a file of its own, since the report is replaced by renaming.
#include "loader/daemon/run_file.h"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "loader/held_lock.h"
#include "loader/whole_file.h"

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

}  // namespace

Result<RunFile> RunFile::take(const std::string& interface) {
    auto lock = hold_lock(path_of(interface, ".daemon"));
    if (lock) return RunFile(interface, std::move(*lock));
    if (lock.error().code.value() != EAGAIN) return lock.error();
    const auto other = read_json(path_of(interface, ".run"));
    const auto pid = other.is_object() ? other.value("pid", 0) : 0;
    return Error{"another daemon runs for " + interface + (pid != 0 ? ", process " + std::to_string(pid) : std::string()) +
                 "; one is enough, end it first"};
}

Result<> RunFile::say(const Json& report) const {
    return write_whole_file(path_of(interface_, ".run"), report.dump(2) + "\n", 0644);
}

std::optional<Json> read_run_file(const std::string& interface) {
    if (!is_lock_held(path_of(interface, ".daemon"))) return std::nullopt;
    auto report = read_json(path_of(interface, ".run"));
    if (!report.is_object()) return std::nullopt;
    return report;
}

Pins read_pins(const std::string& interface) {
    Pins pins;
    const auto json = read_json(path_of(interface, ".pinned"));
    if (!json.is_object()) return pins;
    for (const auto& [egress, way] : json.items()) {
        if (way.is_string()) pins[egress] = way.get<std::string>();
    }
    return pins;
}

void remove_pins(const std::string& interface) { ::unlink(path_of(interface, ".pinned").c_str()); }

Result<> write_pins(const std::string& interface, const Pins& pins) {
    const Json json = pins;
    return write_whole_file(path_of(interface, ".pinned"), json.dump() + "\n", 0644);
}

}  // namespace xdpmirror
