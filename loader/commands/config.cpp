// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror config check|show|diff|schema: what a profile says, without touching the machine.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "config/origin.h"
#include "config/plan.h"
#include "loader/commands/commands.h"
#include "loader/report.h"

namespace xdpmirror {
namespace {

struct ConfigOptions {
    std::string profile;
    bool json = false;
    bool effective = false;
};

Result<> run_check(const ConfigOptions& options) {
    auto profile = load_named_profile(options.profile);
    if (!profile) return profile.error();
    auto plan = make_plan(profile->config);
    if (!plan) return plan.error();
    const auto& config = profile->config;
    if (options.json)
        fmt::print("{}\n", Json{{"profile", config.name}, {"path", config.path}, {"valid", true}}
                               .dump(2));
    else
        fmt::print("{}: valid: {} sources, {} rules, {} pools, {} egress\n", config.path,
                   config.sources.size(), config.rules.size(), config.pools.size(),
                   config.egress.size());
    return Ok{};
}

Result<> run_show(const ConfigOptions& options) {
    auto profile = load_named_profile(options.profile);
    if (!profile) return profile.error();
    if (options.effective) {
        const auto environment = process_environment();
        auto origins = profile_origins(options.profile, profile_directories(environment), environment);
        if (!origins) return origins.error();
        fmt::print("{}\n", options.json ? origins->json : origins->yaml);
        return Ok{};
    }
    fmt::print("{}\n", options.json ? profile->effective_json : to_yaml(*profile));
    return Ok{};
}

Result<> run_schema() {
    fmt::print("{}", profile_schema());
    return Ok{};
}

}  // namespace

void add_config(CLI::App& app, Run& run) {
    auto options = std::make_shared<ConfigOptions>();
    auto* config = app.add_subcommand("config", "Check and show profiles");
    config->require_subcommand(1);
    auto* check = config->add_subcommand("check", "Is the profile valid? Warns of dead rules");
    auto* show = config->add_subcommand("show", "The profile with everything resolved");
    for (auto* command : {check, show}) {
        command->add_option("profile,--profile", options->profile, "name, or path of a YAML file")
            ->required();
        command->add_flag("--json", options->json, "for scripts");
    }
    show->add_flag("--effective", options->effective,
                   "with where each value comes from: file and line, variable, or default");
    add_config_diff(*config, run);
    check->callback([options, &run] { run = [options] { return run_check(*options); }; });
    show->callback([options, &run] { run = [options] { return run_show(*options); }; });
    config->add_subcommand("schema", "The JSON Schema of profiles")->callback([&run] {
        run = run_schema;
    });
}

}  // namespace xdpmirror
