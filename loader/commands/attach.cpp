// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror attach IF --profile P [--confirm TIME], xdpmirror detach IF.
#include "loader/attach.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "loader/commands/commands.h"
#include "loader/confirm_watch.h"
#include "config/duration.h"
#include "loader/lock.h"
#include "loader/report.h"
#include "loader/screen.h"
#include "loader/state_dir.h"

namespace xdpmirror {
namespace {

struct AttachOptions {
    AttachRequest request;
    std::string profile;
    std::string mode = "native";
    std::optional<std::string> confirm;
    bool shared = false;
    bool json = false;
};

// Before the hook: there is no moment at which an attachment on trial has no watcher.
Result<> put_on_trial(AttachOptions& options) {
    if (!options.confirm) return Ok{};
    auto time = parse_duration(*options.confirm);
    if (!time) return while_doing("--confirm", time.error());
    options.request.before_hook = [time = *time](const std::string& interface,
                                                 std::uint64_t attached_ns) {
        return start_watcher(interface, attached_ns, time);
    };
    return Ok{};
}

// An attachment on trial may be gone before it was looked at.
Result<AttachmentView> view_of(const AttachOptions& options) {
    const auto& interface = options.request.interface;
    auto view = read_view(interface);
    if (view || !options.confirm) return view;
    auto lock = wait_for_interface(interface);  // whoever takes it off has ended then
    if (!lock || StateDir(interface).exists()) return view;
    return Error{"attached to " + interface + ", and detached again: the " + *options.confirm +
                 " of --confirm were over before the status could be printed; give it more time"};
}

Result<> run_attach(AttachOptions& options) {
    if (auto trial = put_on_trial(options); !trial) return trial.error();
    auto profile = load_named_profile(options.profile);
    if (!profile) return profile.error();
    if (options.mode == "generic") options.request.mode = XM_MODE_GENERIC;
    if (options.shared) options.request.kind = XM_ATTACH_DISPATCHER;
    auto notes = attach(options.request, *profile);
    if (!notes) return notes.error();
    for (const auto& note : *notes) print_warning(note);
    auto view = view_of(options);
    if (!view) return view.error();
    if (options.json)
        fmt::print("{}\n", status_json(*view).dump(2));
    else
        fmt::print("{}", status_text(*view));
    return Ok{};
}

}  // namespace

void add_attach(CLI::App& app, Run& run) {
    auto options = std::make_shared<AttachOptions>();
    auto* command = app.add_subcommand("attach", "Load a profile on an interface and return");
    command->add_option("interface", options->request.interface, "where mirrored packets come in")
        ->required();
    command->add_option("--profile", options->profile, "name, or path of a YAML file")->required();
    command
        ->add_option("--mode", options->mode,
                     "native (default), or generic: any driver, much slower")
        ->check(CLI::IsMember({"native", "generic"}));
    command->add_flag("--shared", options->shared,
                      "behind the libxdp dispatcher, beside other XDP programs");
    command->add_flag("--force", options->request.force,
                      "replace an XDP program of somebody else, if it is one that can be replaced");
    command
        ->add_option("--confirm", options->confirm,
                     "detach again unless `xdpmirror confirm` follows within this time (60s, 2m)")
        ->option_text("TIME");
    command->add_flag("--json", options->json, "print the status as JSON");
    command->callback([options, &run] { run = [options] { return run_attach(*options); }; });
}

void add_detach(CLI::App& app, Run& run) {
    auto interface = std::make_shared<std::string>();
    auto* command = app.add_subcommand("detach", "Take everything off an interface");
    command->add_option("interface", *interface, "as given to attach")->required();
    command->callback([interface, &run] { run = [interface] { return detach(*interface); }; });
}

}  // namespace xdpmirror
