// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One setting to be changed, as a value: the command that is printed and the change that is made
// are read off the same words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "maps/result.h"

namespace xdpmirror {

struct Change {
    enum class Kind {
        offload,   // name "rx-lro", value "on" or "off"
        channels,  // value "combined 4", "rx 2", "rx 4 tx 4"
        rings,     // value "rx 1024 tx 1024"
        adaptive,  // interrupt moderation; value "on" or "off"
        udp_hash,  // RX queue of UDP by addresses and, if "on", ports
        file,      // name is a path of /proc or /sys
        bpffs,     // mount it where state is pinned
    };

    Kind kind = Kind::file;
    std::string interface {};
    std::string name{};
    std::string value{};

    bool operator==(const Change&) const = default;
};

const char* to_text(Change::Kind kind);
std::optional<Change::Kind> change_kind(const std::string& text);

// What an operator would type.
std::string command_of(const Change& change);
// "rx 1024 tx 512" as pairs; nothing when it is not words and numbers in turn.
std::optional<std::vector<std::pair<std::string, std::uint32_t>>> numbers_of(
    const std::string& value);

// An error names the command and says what the driver or the kernel answered.
Result<> make_change(const Change& change);

}  // namespace xdpmirror
