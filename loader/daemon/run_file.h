// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the daemon of an interface says about itself, for `status`: /run/xdpmirror/<interface>.run. The
// daemon holds a lock on it for as long as it lives.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>

#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class RunFile {
  public:
    // An error names the daemon that has it already.
    static Result<RunFile> take(const std::string& interface);

    // Replaces what it said before; readers see one or the other.
    Result<> say(const nlohmann::ordered_json& report) const;

  private:
    RunFile(std::string interface, UniqueFd lock)
        : interface_(std::move(interface)), lock_(std::move(lock)) {}

    std::string interface_;
    UniqueFd lock_;
};

// What the running daemon says; nothing when none runs.
std::optional<nlohmann::ordered_json> read_run_file(const std::string& interface);

// Which interface an operator has chosen for an egress, by its name; /run/xdpmirror/<interface>.pinned.
// They outlive the daemon, not the attachment.
using Pins = std::map<std::string, std::string>;
Pins read_pins(const std::string& interface);
Result<> write_pins(const std::string& interface, const Pins& pins);
void remove_pins(const std::string& interface);

}  // namespace xdpmirror
