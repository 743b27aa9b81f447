// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One configuration that was applied to an interface, and the circumstances.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loader/history/who.h"
#include "maps/result.h"

namespace xdpmirror {

struct ChangeRecord {
    std::uint64_t number = 0;   // in the history of its interface, from 1
    std::uint64_t time_ns = 0;  // CLOCK_REALTIME
    Who who;
    std::string command;                 // attach, run, reload, upgrade, rollback, restore
    std::string version;                 // of the program
    std::string profile;                 // its name, as given
    std::string path;                    // of its file
    std::uint64_t configuration_id = 0;  // of what was loaded, while it is
    std::string hash;                    // SHA-256 of what follows
    std::string effective_json;          // the configuration itself

    bool operator==(const ChangeRecord&) const = default;
};

// One JSON object, for a file.
std::string to_text(const ChangeRecord& record);
// An error, without the file's name, says what is wrong with the text.
Result<ChangeRecord> parse_change_record(const std::string& text);

// Record `number` of an interface's; an error if there is none.
Result<ChangeRecord> find_record(const std::string& interface, const std::vector<ChangeRecord>& records,
                                 std::uint64_t number);

// The newest record with another configuration than the one of `current_hash`, or record `number`.
// `records` are those of `interface`, the newest first.
Result<ChangeRecord> record_to_roll_back_to(const std::string& interface,
                                            const std::vector<ChangeRecord>& records,
                                            std::optional<std::uint64_t> number,
                                            const std::string& current_hash);

}  // namespace xdpmirror
