// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/last_change.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "loader/whole_file.h"

namespace xdpmirror {
namespace {

const std::string kDirectory = "/run/xdpmirror";

std::string path_of(const std::string& interface) {
    return kDirectory + "/" + interface + ".changes";
}

}  // namespace

std::map<std::string, LastChange> read_last_changes(const std::string& interface) {
    std::ifstream file(path_of(interface));
    const auto json = nlohmann::json::parse(file, nullptr, false);
    std::map<std::string, LastChange> changes;
    if (!json.is_object()) return changes;
    for (const auto& [command, change] : json.items()) {
        if (!change.is_object()) continue;
        changes[command] = {.at_ns = change.value("at_ns", std::uint64_t{0}),
                            .why_not = change.value("why_not", std::string())};
    }
    return changes;
}

void write_last_change(const std::string& interface, const std::string& command,
                       const LastChange& change) {
    auto changes = read_last_changes(interface);
    changes[command] = change;
    nlohmann::json json;
    for (const auto& [name, one] : changes)
        json[name] = {{"at_ns", one.at_ns}, {"why_not", one.why_not}};
    ::mkdir(kDirectory.c_str(), 0755);
    static_cast<void>(write_whole_file(path_of(interface), json.dump(2) + "\n", 0644));
}

void remove_last_changes(const std::string& interface) {
    ::unlink(path_of(interface).c_str());
    ::unlink((path_of(interface) + ".new").c_str());  // of one that was killed in the middle of it
}

}  // namespace xdpmirror
