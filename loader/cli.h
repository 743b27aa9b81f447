// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The command line: wires the commands to the parser and errors to exit statuses.
#pragma once

namespace xdpmirror {

enum ExitStatus {
    kDone = 0,
    kFailed = 1,
    kBadInput = 2,  // command line or configuration; a service must not restart on it
};

int run_cli(int argc, const char* const* argv);

}  // namespace xdpmirror
