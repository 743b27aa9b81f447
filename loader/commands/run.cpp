// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror run IF --profile P; xdpmirror egress pin|unpin IF EGRESS [INTERFACE].
#include <CLI/CLI.hpp>
#include <memory>

#include "config/suggest.h"
#include "loader/commands/commands.h"
#include "loader/daemon/daemon.h"
#include "loader/daemon/run_file.h"
#include "loader/logging/audit.h"
#include "loader/privileges.h"
#include "loader/view.h"

namespace xdpmirror {
namespace {

struct RunOptions {
    DaemonRequest request;
    std::string mode = "native";
    bool shared = false;
};

struct PinOptions {
    std::string interface, egress, way;
};

Result<const Egress*> find_egress(const AttachmentView& view, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& egress : view.profile.config.egress) {
        if (egress.name == name) return &egress;
        names.push_back(egress.name);
    }
    return configuration_error("no egress '" + name + "' in the profile of " + view.interface +
                               did_you_mean(name, names, "there are"));
}

Result<> require_way(const Egress& egress, const std::string& interface) {
    std::vector<std::string> names;
    for (const auto& way : egress.ways) {
        if (way.interface == interface) return Ok{};
        names.push_back(way.interface);
    }
    return configuration_error("egress '" + egress.name + "' has no way by '" + interface + "'" +
                               did_you_mean(interface, names, "there are"));
}

// `way` empty: as failover decides again.
Result<> pin(const PinOptions& options, const AttachmentView& view) {
    auto egress = find_egress(view, options.egress);
    if (!egress) return egress.error();
    if (!options.way.empty()) {
        if (auto known = require_way(**egress, options.way); !known) return known;
    }
    if (!read_run_file(options.interface))
        return Error{"nobody watches " + options.interface +
                     ", so nothing would move; start the daemon: xdpmirror run " + options.interface +
                     " --profile " + view.meta.profile};
    auto pins = read_pins(options.interface);
    if (options.way.empty())
        pins.erase(options.egress);
    else
        pins[options.egress] = options.way;
    return write_pins(options.interface, pins);
}

Result<> run_pin(const PinOptions& options) {
    if (auto allowed = require_capabilities(); !allowed) return allowed;
    auto view = read_view(options.interface);
    if (!view) return view.error();
    Audit audit(options.way.empty() ? "egress unpin " + options.egress
                                    : "egress pin " + options.egress + " " + options.way,
                options.interface, view->meta.profile);
    const auto done = pin(options, *view);
    audit.done(done);
    return done;
}

}  // namespace

void add_run(CLI::App& app, Run& run) {
    auto options = std::make_shared<RunOptions>();
    auto* command = app.add_subcommand(
        "run", "Attach, or take over what is attached, and keep next hops and ways out working");
    command->add_option("interface", options->request.attach.interface, "where mirrored packets come in")
        ->required();
    command->add_option("--profile", options->request.profile_name, "name, or path of a YAML file")->required();
    command->add_option("--mode", options->mode, "as for attach")
        ->check(CLI::IsMember({"native", "generic"}));
    command->add_flag("--shared", options->shared, "as for attach");
    command->add_flag("--detach-on-exit", options->request.detach_on_exit,
                      "take the attachment off on SIGTERM, instead of leaving it to forward on");
    add_log_options(*command, options->request.log);
    command->callback([options, &run] {
        run = [options]() -> Result<> {
            auto& attach = options->request.attach;
            if (options->mode == "generic") attach.mode = XM_MODE_GENERIC;
            if (options->shared) attach.kind = XM_ATTACH_DISPATCHER;
            attach.command = "run";
            return run_daemon(options->request, load_named_profile(options->request.profile_name));
        };
    });
}

void add_egress(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("egress", "Choose the way out by hand");
    command->require_subcommand(1);
    const std::pair<const char*, const char*> verbs[] = {
        {"pin", "Send everything of an egress by one of its interfaces while that has a next hop"},
        {"unpin", "Let failover decide again"}};
    for (const auto& [verb, what] : verbs) {
        auto options = std::make_shared<PinOptions>();
        auto* sub = command->add_subcommand(verb, what);
        sub->add_option("interface", options->interface, "as given to attach")->required();
        sub->add_option("egress", options->egress, "its name in the profile")->required();
        if (std::string(verb) == "pin")
            sub->add_option("way", options->way, "interface of the primary or of a standby")->required();
        sub->callback([options, &run] { run = [options] { return run_pin(*options); }; });
    }
}

}  // namespace xdpmirror
