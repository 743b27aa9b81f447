// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The only place that prints errors and chooses an exit status.
#include "loader/cli.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "config/suggest.h"
#include "loader/commands/commands.h"
#include "loader/version.h"

namespace xdpmirror {
namespace {

constexpr const char* kExamples = R"(Examples:
  xdpmirror config check --profile prod         checks /etc/xdpmirror/prod.yaml
  xdpmirror doctor eth0 --profile prod          what stands in its way here, and the fixes
  xdpmirror attach eth0 --profile prod          loads it on eth0, prints what is now true
  xdpmirror attach eth0 --profile prod --confirm 60s
                                                the same, taken off after 60 s unless you say
  xdpmirror confirm eth0                        that it may stay
  xdpmirror run eth0 --profile prod             the same, then watches next hops and ways out
  xdpmirror status eth0                         rates, drops by reason, egress, warnings
  xdpmirror drops eth0 --json                   every counter of the books, for scripts
  xdpmirror explain --profile prod --pcap x.pcap --out y.pcap
                                                what would happen to these packets
  xdpmirror history eth0                        what was applied, when and by whom
  xdpmirror backup -o node7.tar.gz              everything that this node is, in one file
  xdpmirror restore node7.tar.gz                the same node again, with one command
  xdpmirror tune eth0                           channels, rings, interrupts: what --apply would set
  bpftool map dump pinned /sys/fs/bpf/xdpmirror/eth0/xm_drops
)";

void print_error(const std::string& what) { fmt::print(stderr, "xdpmirror: {}\n", what); }

// Of the command that was given, in case one of its own was meant.
std::string own_commands(const CLI::App& app) {
    std::string names;
    for (const auto* command : app.get_subcommands()) {
        for (const auto* own : command->get_subcommands([](const CLI::App*) { return true; }))
            names += (names.empty() ? "" : ", ") + own->get_name();
        if (!names.empty()) return "; '" + command->get_name() + "' has the commands " + names;
    }
    return names;
}

// The command or option that nobody knows, where there is one: CLI11 would rather complain of what
// it misses.
std::string unknown_word(const CLI::App& app) {
    const auto extras = app.remaining(true);
    if (extras.empty()) return {};
    const auto& word = extras.front();
    if (word.starts_with('-') || !app.get_subcommands().empty())
        return "unknown argument '" + word + "'" + own_commands(app);
    std::vector<std::string> commands;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!command->get_group().empty()) commands.push_back(command->get_name());
    return "unknown command '" + word + "'" + did_you_mean(word, commands, "commands are");
}

// CLI11 says several things on several lines; the first names the option.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
    const std::string unknown = unknown_word(app);
    std::string text = error.what();
    if (text.starts_with("A subcommand is required")) text = "a command is missing" + own_commands(app);
    return (unknown.empty() ? text.substr(0, text.find('\n')) : unknown) + "; see xdpmirror --help";
}

}  // namespace

void add_commands(CLI::App& app, Run& run) {
    app.name("xdpmirror");
    app.description("VPC traffic mirrors to flow collectors, in XDP");
    app.footer(kExamples);
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("xdpmirror ") + kVersion);

    add_attach(app, run);
    add_detach(app, run);
    add_confirm(app, run);
    add_confirm_watch(app, run);
    add_run(app, run);
    add_reload(app, run);
    add_upgrade(app, run);
    add_rollback(app, run);
    add_egress(app, run);
    add_status(app, run);
    add_books(app, run);
    add_metrics(app, run);
    add_explain(app, run);
    add_config(app, run);
    add_history(app, run);
    add_backup(app, run);
    add_restore(app, run);
    add_doctor(app, run);
    add_tune(app, run);
    add_version(app, run);
}

int run_cli(int argc, const char* const* argv) {
    CLI::App app;
    Run run;
    add_commands(app, run);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
        print_error(usage_error(app, error));
        return kBadInput;
    }
    auto done = run();
    if (done) return kDone;
    if (const auto line = one_line(done.error()); !line.empty()) print_error(line);
    return done.error().kind == ErrorKind::configuration ? kBadInput : kFailed;
}

}  // namespace xdpmirror
