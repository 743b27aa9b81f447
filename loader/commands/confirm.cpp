// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror confirm IF, and the hidden command by which `attach --confirm` starts its watcher.
#include "loader/confirm.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "loader/commands/commands.h"
#include "loader/confirm_watch.h"
#include "loader/logging/audit.h"

namespace xdpmirror {
namespace {

struct WatchOptions {
    std::string interface;
    std::uint64_t attached_ns = 0;
    std::uint64_t deadline_ns = 0;
};

Result<> run_confirm(const std::string& interface) {
    Audit audit("confirm", interface, {});
    const auto confirmed = confirm(interface);
    audit.done(confirmed);
    if (!confirmed) return confirmed;
    fmt::print("{}: confirmed, the attachment stays\n", interface);
    return Ok{};
}

}  // namespace

void add_confirm(CLI::App& app, Run& run) {
    auto interface = std::make_shared<std::string>();
    auto* command = app.add_subcommand("confirm", "Keep what `attach --confirm` has attached");
    command->add_option("interface", *interface, "as given to attach")->required();
    command->callback([interface, &run] { run = [interface] { return run_confirm(*interface); }; });
}

void add_confirm_watch(CLI::App& app, Run& run) {
    auto options = std::make_shared<WatchOptions>();
    auto* command = app.add_subcommand("confirm-watch")->group("");  // not in the help
    command->add_option("interface", options->interface)->required();
    command->add_option("attached_ns", options->attached_ns)->required();
    command->add_option("deadline_ns", options->deadline_ns)->required();
    command->callback([options, &run] {
        run = [options] {
            return watch_trial(options->interface, options->attached_ns, options->deadline_ns);
        };
    });
}

}  // namespace xdpmirror
