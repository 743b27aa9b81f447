// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/logging/log_options.h"

#include <CLI/CLI.hpp>

namespace xdpmirror {

void add_log_options(CLI::App& command, LogOptions& options) {
    command
        .add_option("--log-level", options.level,
                    "debug, info (default), warn or error: the least that is said")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
    command.add_option("--log-format", options.format, "text (default), or json: an object a line")
        ->check(CLI::IsMember({"text", "json"}));
}

}  // namespace xdpmirror
