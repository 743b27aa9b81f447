// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror attach IF --profile P, xdpmirror detach IF.
#include "loader/attach.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "loader/commands/commands.h"
#include "loader/report.h"
#include "loader/screen.h"

namespace xdpmirror {
namespace {

struct AttachOptions {
    AttachRequest request;
    std::string profile;
    std::string mode = "native";
    bool shared = false;
    bool json = false;
};

Result<> run_attach(AttachOptions& options) {
    auto profile = load_named_profile(options.profile);
    if (!profile) return profile.error();
    if (options.mode == "generic") options.request.mode = XM_MODE_GENERIC;
    if (options.shared) options.request.kind = XM_ATTACH_DISPATCHER;
    auto notes = attach(options.request, *profile);
    if (!notes) return notes.error();
    for (const auto& note : *notes) print_warning(note);
    auto view = read_view(options.request.interface);
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
