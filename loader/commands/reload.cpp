// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror reload IF [--profile P] [--dry-run]; xdpmirror upgrade IF; xdpmirror rollback IF [N].
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "loader/attached.h"
#include "loader/attached_change.h"
#include "loader/commands/commands.h"
#include "loader/history/history.h"
#include "loader/history/sha256.h"
#include "loader/reload.h"
#include "loader/state_dir.h"
#include "loader/version.h"

namespace xdpmirror {
namespace {

struct ReloadOptions {
    ReloadRequest request;
    std::string profile;
    bool json = false;
};

Result<> put_in_force(const ReloadRequest& request, const Profile& profile) {
    auto notes = reload(request, profile);
    if (!notes) return notes.error();
    for (const auto& note : *notes) print_warning(note);
    return Ok{};
}

// By which the attached profile was found.
Result<std::string> attached_profile(const std::string& interface) {
    const StateDir state(interface);
    if (!state.exists()) return not_attached(interface);
    auto meta = read_current(state, read_meta);
    if (!meta) return meta.error();
    return std::string(meta->path[0] != '\0' ? meta->path : meta->profile);
}

Result<> print_change(const ReloadOptions& options, const Profile& profile) {
    std::vector<std::string> notes;
    auto change = describe_attached_change(options.request.interface, profile, notes);
    if (!change) return change.error();
    for (const auto& note : notes) print_warning(note);
    fmt::print("{}", options.json ? change->json + "\n" : change->text);
    return Ok{};
}

Result<> run_reload(const ReloadOptions& options) {
    auto name = options.profile.empty() ? attached_profile(options.request.interface) : Result<std::string>(options.profile);
    if (!name) return name.error();
    auto profile = load_named_profile(*name);
    if (!profile) return profile.error();
    if (options.request.dry_run) {
        if (auto printed = print_change(options, *profile); !printed) return printed;
    }
    if (auto done = put_in_force(options.request, *profile); !done || options.request.dry_run) return done;
    fmt::print("{}: profile {} is in force\n", options.request.interface, profile->config.name);
    return Ok{};
}

struct UpgradeOptions {
    std::string interface;
    bool if_needed = false;
};

// The profile as it is attached: what may stand in its file by now is not asked.
Result<> run_upgrade(const UpgradeOptions& options) {
    const auto& interface = options.interface;
    if (options.if_needed && !StateDir(interface).exists()) return Ok{};
    auto attached = read_attached(interface);
    if (!attached) return while_doing("upgrade " + interface, attached.error());
    if (options.if_needed && !attached->is_other) return Ok{};
    if (auto done = put_in_force({.interface = interface, .command = "upgrade"}, attached->profile); !done) return done;
    fmt::print("{}: version {} in the place of {}\n", interface, kVersion, attached->meta.version);
    return Ok{};
}

struct RollbackOptions {
    std::string interface;
    std::optional<std::uint64_t> number;
};

// To a configuration of the history, as it was then, whatever its profile's file says by now.
Result<> run_rollback(const RollbackOptions& options) {
    auto attached = read_attached(options.interface);
    if (!attached) return attached.error();
    auto history = History(options.interface).read();
    if (!history) return history.error();
    for (const auto& problem : history->problems) print_warning(problem);
    auto record = record_to_roll_back_to(options.interface, history->records, options.number,
                                         sha256(attached->profile.effective_json));
    if (!record) return record.error();
    auto profile = parse_effective_profile(record->effective_json, record->profile, record->path);
    if (!profile) return while_doing("roll back to " + std::to_string(record->number), profile.error());
    if (auto done = put_in_force({.interface = options.interface, .command = "rollback"}, *profile); !done) return done;
    fmt::print("{}: configuration {} of the history, of profile {}, is in force; its file may say otherwise, and the "
               "next reload takes that\n", options.interface, record->number, record->profile);
    return Ok{};
}

}  // namespace

void add_reload(CLI::App& app, Run& run) {
    auto options = std::make_shared<ReloadOptions>();
    auto* command = app.add_subcommand("reload", "Put a changed profile in force without losing a packet");
    command->add_option("interface", options->request.interface, "as given to attach")->required();
    command->add_option("--profile", options->profile, "name, or path of a YAML file; the attached one's unless given");
    auto* dry_run = command->add_flag("--dry-run", options->request.dry_run,
                                      "check it to the last step, and only say what would change");
    command->add_flag("--json", options->json, "with --dry-run, for scripts")->needs(dry_run);
    command->callback([options, &run] { run = [options] { return run_reload(*options); }; });
}

void add_upgrade(CLI::App& app, Run& run) {
    auto options = std::make_shared<UpgradeOptions>();
    auto* command = app.add_subcommand("upgrade", "Put this version's data plane in the place of the running one");
    command->add_option("interface", options->interface, "as given to attach")->required();
    command->add_flag("--if-needed", options->if_needed,
                      "only if something is attached whose tables this version cannot read");
    command->callback([options, &run] { run = [options] { return run_upgrade(*options); }; });
}

void add_rollback(CLI::App& app, Run& run) {
    auto options = std::make_shared<RollbackOptions>();
    auto* command = app.add_subcommand("rollback", "Put a former configuration in force again");
    command->add_option("interface", options->interface, "as given to attach")->required();
    command->add_option("number", options->number, "in the history; the last one that was different unless given")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{99'999'999}));
    command->callback([options, &run] { run = [options] { return run_rollback(*options); }; });
}

}  // namespace xdpmirror
