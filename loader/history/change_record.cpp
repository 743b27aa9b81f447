// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/history/change_record.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "loader/history/sha256.h"

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kFormat = 1;

bool take(const Json& json, const char* key, std::string& text) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) return false;
    text = found->get<std::string>();
    return true;
}

bool take(const Json& json, const char* key, std::uint64_t& number) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_unsigned()) return false;
    number = found->get<std::uint64_t>();
    return true;
}

}  // namespace

std::string to_text(const ChangeRecord& record) {
    const Json json = {{"format", kFormat},
                       {"number", record.number},
                       {"time_ns", record.time_ns},
                       {"login", record.who.login},
                       {"user", record.who.effective},
                       {"unit", record.who.unit},
                       {"command", record.command},
                       {"version", record.version},
                       {"profile", record.profile},
                       {"path", record.path},
                       {"configuration_id", record.configuration_id},
                       {"hash", record.hash},
                       {"configuration", record.effective_json}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<ChangeRecord> parse_change_record(const std::string& text) {
    const auto json = Json::parse(text, nullptr, false);
    ChangeRecord record;
    std::uint64_t format = 0;

    if (!json.is_object() || !take(json, "format", format))
        return Error{"is not what xdpmirror has written"};
    if (format > kFormat)
        return Error{fmt::format(
            "is of format {}, and this xdpmirror reads format {}; read it with the newer one "
            "that wrote it",
            format, kFormat)};
    const bool whole =
        take(json, "number", record.number) && take(json, "time_ns", record.time_ns) &&
        take(json, "login", record.who.login) && take(json, "user", record.who.effective) &&
        take(json, "unit", record.who.unit) && take(json, "command", record.command) &&
        take(json, "version", record.version) && take(json, "profile", record.profile) &&
        take(json, "path", record.path) &&
        take(json, "configuration_id", record.configuration_id) &&
        take(json, "hash", record.hash) && take(json, "configuration", record.effective_json);
    if (!whole) return Error{"is not what xdpmirror has written"};
    if (sha256(record.effective_json) != record.hash)
        return Error{"was changed since it was written: its configuration has another hash"};
    return record;
}

Result<ChangeRecord> find_record(const std::string& interface, const std::vector<ChangeRecord>& records,
                                 std::uint64_t number) {
    const auto found = std::ranges::find(records, number, &ChangeRecord::number);
    if (found != records.end()) return *found;
    return Error{fmt::format("the history of {0} has no record {1}; see which there are: xdpmirror history {0}",
                             interface, number)};
}

Result<ChangeRecord> record_to_roll_back_to(const std::string& interface,
                                            const std::vector<ChangeRecord>& records,
                                            std::optional<std::uint64_t> number,
                                            const std::string& current_hash) {
    if (number) {
        auto found = find_record(interface, records, *number);
        if (!found || found->hash != current_hash) return found;
        return Error{fmt::format("record {1} of {0} is the configuration that is there now; choose another one: "
                                 "xdpmirror history {0}",
                                 interface, *number)};
    }
    const auto found = std::ranges::find_if(
        records, [&](const ChangeRecord& record) { return record.hash != current_hash; });
    if (found != records.end()) return *found;
    return Error{fmt::format("the history of {0} has no other configuration than the one that is there now; "
                             "give it one: xdpmirror reload {0} --profile NAME",
                             interface)};
}

}  // namespace xdpmirror
