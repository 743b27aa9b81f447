// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One function for each command: adds its options to the parser and sets `run`, which the command
// line calls once when that command was chosen.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "config/profile.h"
#include "maps/result.h"

namespace CLI {
class App;
}

namespace xdpmirror {

using Run = std::function<Result<>()>;

// The whole command line: for run_cli, and for what is written from it (loader/pages).
void add_commands(CLI::App& app, Run& run);

void add_attach(CLI::App& app, Run& run);
void add_detach(CLI::App& app, Run& run);
void add_confirm(CLI::App& app, Run& run);
void add_confirm_watch(CLI::App& app, Run& run);
void add_status(CLI::App& app, Run& run);
void add_books(CLI::App& app, Run& run);  // drops, sources, rules, pools
void add_pool_changes(CLI::App& pools, Run& run);  // pools drain, undrain, weight
void add_metrics(CLI::App& app, Run& run);
void add_explain(CLI::App& app, Run& run);
void add_reload(CLI::App& app, Run& run);
void add_upgrade(CLI::App& app, Run& run);
void add_rollback(CLI::App& app, Run& run);
void add_config(CLI::App& app, Run& run);  // check, show, diff, schema
void add_config_diff(CLI::App& config, Run& run);
void add_backup(CLI::App& app, Run& run);
void add_restore(CLI::App& app, Run& run);
void add_history(CLI::App& app, Run& run);
void add_run(CLI::App& app, Run& run);
void add_egress(CLI::App& app, Run& run);  // pin, unpin
void add_doctor(CLI::App& app, Run& run);
void add_tune(CLI::App& app, Run& run);
void add_version(CLI::App& app, Run& run);

// Loads a profile as the commands mean it, and prints its warnings to stderr, a line each.
Result<Profile> load_named_profile(const std::string& name_or_path);
void print_warning(const std::string& text);

}  // namespace xdpmirror
