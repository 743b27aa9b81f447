// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What an operator has said of collectors beside the profile: drained, or another weight. Kept in
// /var/lib/xdpmirror/<interface>.pools until it is undone: over restarts, attachments and reboots.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "maps/result.h"

namespace xdpmirror {

struct Override {
    bool drained = false;
    std::optional<std::uint32_t> weight;

    bool operator==(const Override&) const = default;
};

// By pool, by the collector's address as text.
using Overrides = std::map<std::string, std::map<std::string, Override>>;

// None if there is no file. An error if there is one that says nothing sensible.
Result<Overrides> read_overrides(const std::string& interface);
Result<> write_overrides(const std::string& interface, const Overrides& overrides);

// Interfaces that there is a file for, sorted.
std::vector<std::string> overridden_interfaces();

// The profile as an operator has changed it: with other weights. What names no collector of it is left aside.
Config with_weights(const Config& config, const Overrides& overrides);

// By row of xm_collectors.
std::vector<bool> drained_collectors(const Config& config, const Overrides& overrides);

}  // namespace xdpmirror
