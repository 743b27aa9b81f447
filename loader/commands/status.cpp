// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror status|drops|sources|rules|pools [IF] [--json]: read the pinned state and print it.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "loader/commands/commands.h"
#include "loader/report.h"
#include "loader/screen.h"
#include "loader/state_dir.h"

namespace xdpmirror {
namespace {

// One way to show an attachment.
struct Show {
    const char* name;
    const char* help;
    Json (*json)(const AttachmentView&);
    std::string (*text)(const AttachmentView&);
};

Json wrap(const AttachmentView& view, const char* key, Json list) {
    return {{"interface", view.interface}, {key, std::move(list)}};
}

constexpr Show kStatus{"status", "One screen: mode, way out, packets, drops, warnings", status_json,
                       status_text};
constexpr Show kBooks[] = {
    {"drops", "Packets by drop reason, and the sum that proves them", drops_json, drops_text},
    {"sources", "Mirror sources and what came from each",
     [](const AttachmentView& view) { return wrap(view, "sources", sources_json(view)); },
     sources_text},
    {"rules", "Rules in order and what each matched",
     [](const AttachmentView& view) { return wrap(view, "rules", rules_json(view)); }, rules_text},
    {"pools", "Pools, their collectors and next hops",
     [](const AttachmentView& view) { return wrap(view, "pools", pools_json(view)); }, pools_text},
};

struct ShowOptions {
    std::string interface;
    bool json = false;
};

Result<> run_show(const Show& show, const ShowOptions& options) {
    if (auto allowed = StateDir::may_look(); !allowed) return allowed;
    auto interfaces = StateDir::interfaces();
    const bool all = options.interface.empty();
    if (!all) interfaces = {options.interface};
    if (all && interfaces.empty() && !options.json)
        return Error{"nothing is attached; attach with: xdpmirror attach INTERFACE --profile NAME"};
    Json list = Json::array();
    std::string text;
    for (const auto& interface : interfaces) {
        auto view = read_view(interface);
        if (!view) return view.error();
        if (options.json)
            list.push_back(show.json(*view));
        else
            text += show.text(*view);
    }
    if (options.json) text = (all ? list : list.at(0)).dump(2) + "\n";
    fmt::print("{}", text);
    return Ok{};
}

CLI::App* add_show(CLI::App& app, Run& run, const Show& show) {
    auto options = std::make_shared<ShowOptions>();
    auto* command = app.add_subcommand(show.name, show.help);
    command->add_option("interface", options->interface, "all attached ones unless given");
    command->add_flag("--json", options->json, "for scripts: an object, or an array for all");
    command->callback([options, command, &run, &show] {
        if (!command->get_subcommands().empty()) return;
        run = [options, &show] { return run_show(show, *options); };
    });
    return command;
}

}  // namespace

void add_status(CLI::App& app, Run& run) { add_show(app, run, kStatus); }

void add_books(CLI::App& app, Run& run) {
    for (const auto& show : kBooks) {
        auto* command = add_show(app, run, show);
        if (std::string(show.name) == "pools") add_pool_changes(*command, run);
    }
}

}  // namespace xdpmirror
