// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What every bench program's main does: read the options, run, print one line of error.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>

#include "maps/result.h"

namespace xdpmirror::bench {

// Calls `run` after the options are read. Exit status 0 done, 1 failed, 2 wrong command line.
template <class Run>
int run_program(CLI::App& app, int argc, char** argv, Run run) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    Result<> done = run();
    if (done) return 0;
    const Error& error = done.error();
    std::fprintf(stderr, "%s: %s%s%s\n", app.get_name().c_str(), error.what.c_str(),
                 error.code ? ": " : "", error.code ? error.code.message().c_str() : "");
    return error.kind == ErrorKind::configuration ? 2 : 1;
}

}  // namespace xdpmirror::bench
