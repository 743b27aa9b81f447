// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror history [IF] [N]: what was applied, when and by whom; with a number, that
// configuration.
#include "loader/history/history.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "config/suggest.h"
#include "loader/commands/commands.h"
#include "loader/history/sha256.h"
#include "loader/readers.h"
#include "loader/report.h"
#include "loader/table.h"
#include "loader/view.h"

namespace xdpmirror {
namespace {

struct HistoryOptions {
    std::string interface;
    std::optional<std::uint64_t> number;
    bool json = false;
};

struct Listed {
    std::string interface;
    std::vector<ChangeRecord> records;
    std::string current_hash;  // empty: nothing is attached

    // The newest of what is attached now.
    bool is_current(const ChangeRecord& record) const {
        const auto newest = std::ranges::find(records, current_hash, &ChangeRecord::hash);
        return newest != records.end() && newest->number == record.number;
    }
};

Result<Listed> list(const std::string& interface) {
    auto contents = History(interface).read();
    if (!contents) return contents.error();
    for (const auto& problem : contents->problems) print_warning(problem + "; it is left alone");
    const auto attached = read_attached(interface);
    return Listed{.interface = interface,
                  .records = std::move(contents->records),
                  .current_hash = attached ? sha256(attached->profile.effective_json) : ""};
}

Json to_json(const Listed& listed, const ChangeRecord& record) {
    return {{"interface", listed.interface},
            {"number", record.number},
            {"time", utc_text(record.time_ns)},
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
            {"current", listed.is_current(record)}};
}

void print_table(const Listed& listed, bool with_interface) {
    TextTable table({"number", "time", "who", "command", "profile", "hash", ""});
    for (const auto& record : listed.records)
        table.add({std::to_string(record.number), utc_text(record.time_ns), record.who.text(),
                   record.command, record.profile, short_hash(record.hash),
                   listed.is_current(record) ? "(current)" : ""});
    if (with_interface) fmt::print("{}\n", listed.interface);
    fmt::print("{}", table.text(with_interface ? 2 : 0));
}

Result<> show(const Listed& listed, const HistoryOptions& options) {
    auto found = find_record(listed.interface, listed.records, *options.number);
    if (!found) return found.error();
    Profile profile;
    profile.effective_json = found->effective_json;
    fmt::print("{}\n", options.json ? profile.effective_json : to_yaml(profile));
    return Ok{};
}

Result<> run_history(const HistoryOptions& options) {
    if (auto allowed = may_look_into(History::kDirectory); !allowed) return allowed;
    const auto known = History::interfaces();
    auto interfaces = known;
    if (!options.interface.empty()) interfaces = {options.interface};
    if (known.empty())
        return Error{std::string("there is no history in ") + History::kDirectory +
                     "; it begins with the next change of an attachment"};
    if (std::ranges::find(known, interfaces.front()) == known.end())
        return Error{"there is no history of '" + options.interface + "'" +
                     did_you_mean(options.interface, known, "there is one of")};
    Json all = Json::array();
    for (const auto& interface : interfaces) {
        auto listed = list(interface);
        if (!listed) return listed.error();
        if (options.number) return show(*listed, options);
        for (const auto& record : listed->records) all.push_back(to_json(*listed, record));
        if (!options.json) print_table(*listed, options.interface.empty());
    }
    if (options.json) fmt::print("{}\n", all.dump(2));
    return Ok{};
}

}  // namespace

void add_history(CLI::App& app, Run& run) {
    auto options = std::make_shared<HistoryOptions>();
    auto* command =
        app.add_subcommand("history", "What was applied, when and by whom; the newest first");
    auto* interface = command->add_option("interface", options->interface,
                                          "all that have a history unless given");
    command->add_option("number,--show", options->number, "print the configuration of that record")
        ->needs(interface)
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{99'999'999}));
    command->add_flag("--json", options->json, "for scripts");
    command->callback([options, &run] { run = [options] { return run_history(*options); }; });
}

}  // namespace xdpmirror
