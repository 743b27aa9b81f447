// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror config diff A B; config diff --profile P IF: what is different between two profiles, or
// between what is attached and a profile.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "loader/attached_change.h"
#include "loader/commands/commands.h"

namespace xdpmirror {
namespace {

struct DiffOptions {
    std::vector<std::string> words;  // two profiles, or an interface
    std::string profile;
    bool json = false;
    bool exit_code = false;
};

Result<> say(const DiffOptions& options, const ChangeDescription& change) {
    fmt::print("{}", options.json ? change.json + "\n" : change.text);
    if (options.exit_code && !change.is_same) return Error{};  // the status says it all
    return Ok{};
}

Result<> diff_profiles(const DiffOptions& options) {
    auto before = load_named_profile(options.words[0]);
    if (!before) return before.error();
    auto after = load_named_profile(options.words[1]);
    if (!after) return after.error();
    return say(options, describe_change(*before, *after, {}));
}

Result<> diff_attached(const DiffOptions& options) {
    auto after = load_named_profile(options.profile);
    if (!after) return after.error();
    std::vector<std::string> notes;
    auto change = describe_attached_change(options.words[0], *after, notes);
    if (!change) return change.error();
    for (const auto& note : notes) print_warning(note);
    return say(options, *change);
}

Result<> run_diff(const DiffOptions& options) {
    const std::size_t wanted = options.profile.empty() ? 2 : 1;
    if (options.words.size() != wanted)
        return configuration_error(
            "config diff compares two profiles, or with --profile an interface's with that one: "
            "xdpmirror "
            "config diff A B, xdpmirror config diff --profile P INTERFACE");
    return options.profile.empty() ? diff_profiles(options) : diff_attached(options);
}

}  // namespace

void add_config_diff(CLI::App& config, Run& run) {
    auto options = std::make_shared<DiffOptions>();
    auto* command = config.add_subcommand(
        "diff", "What is different between two profiles, or what is attached and one");
    command->add_option("what", options->words, "two profiles, or an interface")
        ->expected(1, 2)
        ->required();
    command->add_option("--profile", options->profile,
                        "compare what is attached to the interface with this one");
    command->add_flag("--json", options->json, "for scripts");
    command->add_flag("--exit-code", options->exit_code,
                      "status 1 if there is a difference, as git does");
    command->callback([options, &run] { run = [options] { return run_diff(*options); }; });
}

}  // namespace xdpmirror
