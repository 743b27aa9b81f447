// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How much a command that stays says, and in which form: --log-level, --log-format.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace xdpmirror {

struct LogOptions {
    std::string level = "info";   // debug, info, warn, error
    std::string format = "text";  // text, json
};

void add_log_options(CLI::App& command, LogOptions& options);

}  // namespace xdpmirror
