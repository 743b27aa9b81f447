// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror version [--json].
#include "loader/version.h"

#include <bpf/libbpf.h>
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "loader/commands/commands.h"
#include "loader/report.h"
#include "maps/layout_hash.h"

namespace xdpmirror {

void add_version(CLI::App& app, Run& run) {
    auto json = std::make_shared<bool>(false);
    auto* command = app.add_subcommand("version", "Versions of program, layout and libbpf");
    command->add_flag("--json", *json, "for scripts");
    command->callback([json, &run] {
        run = [json]() -> Result<> {
            const auto layout = fmt::format("{:016x}", layout_hash());
            if (*json)
                fmt::print("{}\n", Json{{"version", kVersion},
                                        {"layout", layout},
                                        {"libbpf", libbpf_version_string()}}
                                       .dump(2));
            else
                fmt::print("xdpmirror {} (layout {}, libbpf {})\n", kVersion, layout,
                           libbpf_version_string());
            return Ok{};
        };
    });
}

}  // namespace xdpmirror
