// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror reload IF [--profile P]; xdpmirror upgrade IF.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "loader/attached.h"
#include "loader/commands/commands.h"
#include "loader/reload.h"
#include "loader/state_dir.h"
#include "loader/version.h"

namespace xdpmirror {
namespace {

struct ReloadOptions {
    std::string interface;
    std::string profile;
};

Result<> put_in_force(const std::string& interface, const Profile& profile) {
    auto notes = reload(interface, profile);
    if (!notes) return notes.error();
    for (const auto& note : *notes) print_warning(note);
    return Ok{};
}

Result<> run_reload(const ReloadOptions& options) {
    const StateDir state(options.interface);
    if (!state.exists()) return not_attached(options.interface);
    std::string name = options.profile;
    if (name.empty()) {
        auto current = state.current();
        auto meta = current ? read_meta(*current) : Result<xm_meta>(current.error());
        if (!meta) return meta.error();
        name = meta->path[0] != '\0' ? meta->path : meta->profile;
    }
    auto profile = load_named_profile(name);
    if (!profile) return profile.error();
    return put_in_force(options.interface, *profile);
}

// The profile as it is attached: what may stand in its file by now is not asked.
Result<> run_upgrade(const std::string& interface) {
    auto attached = read_attached(interface);
    if (!attached) return while_doing("upgrade " + interface, attached.error());
    if (auto done = put_in_force(interface, attached->profile); !done) return done;
    fmt::print("{}: version {} in the place of {}\n", interface, kVersion, attached->meta.version);
    return Ok{};
}

}  // namespace

void add_reload(CLI::App& app, Run& run) {
    auto options = std::make_shared<ReloadOptions>();
    auto* command = app.add_subcommand("reload", "Put a changed profile in force without losing a packet");
    command->add_option("interface", options->interface, "as given to attach")->required();
    command->add_option("--profile", options->profile, "name, or path of a YAML file; the attached one's unless given");
    command->callback([options, &run] { run = [options] { return run_reload(*options); }; });
}

void add_upgrade(CLI::App& app, Run& run) {
    auto interface = std::make_shared<std::string>();
    auto* command = app.add_subcommand("upgrade", "Put this version's data plane in the place of the running one");
    command->add_option("interface", *interface, "as given to attach")->required();
    command->callback([interface, &run] { run = [interface] { return run_upgrade(*interface); }; });
}

}  // namespace xdpmirror
