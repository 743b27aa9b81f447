// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror metrics [IF] [--textfile PATH]: what the daemon would say to Prometheus, also where
// none runs.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "loader/commands/commands.h"
#include "loader/daemon/run_file.h"
#include "loader/metrics/gather.h"
#include "loader/metrics/text_file.h"
#include "loader/state_dir.h"

namespace xdpmirror {
namespace {

struct MetricsOptions {
    std::string interface;
    std::string textfile;
};

Result<> add_interface(Exposition& to, const std::string& interface) {
    auto view = read_view(interface);
    if (!view) return view.error();
    const auto report = read_run_file(interface);
    return add_all(to, *view, report ? *report : nlohmann::ordered_json());
}

Result<> run_metrics(const MetricsOptions& options) {
    if (auto allowed = StateDir::may_look(); !allowed) return allowed;
    auto interfaces = StateDir::interfaces();
    if (!options.interface.empty()) interfaces = {options.interface};
    Exposition metrics;
    add_build(metrics);
    for (const auto& interface : interfaces) {
        if (auto added = add_interface(metrics, interface); !added) return added;
    }
    if (options.textfile.empty()) {
        fmt::print("{}", metrics.text());
        return Ok{};
    }
    auto file = TextFile::take(options.textfile);
    if (!file) return file.error();
    return file->write(metrics.text());
}

std::string refuse_other_names(const std::string& path) {
    if (path.starts_with('/') && path.ends_with(".prom")) return {};
    return "'" + path +
           "' is read by no node exporter; give the absolute name of a file that ends in .prom";
}

}  // namespace

void add_metrics(CLI::App& app, Run& run) {
    auto options = std::make_shared<MetricsOptions>();
    auto* command =
        app.add_subcommand("metrics", "Every number there is, as Prometheus reads them");
    command->add_option("interface", options->interface, "all attached ones unless given");
    command
        ->add_option("--textfile", options->textfile,
                     "write them to this file, whole or not at all, for a node exporter")
        ->check(refuse_other_names);
    command->callback([options, &run] { run = [options] { return run_metrics(*options); }; });
}

}  // namespace xdpmirror
