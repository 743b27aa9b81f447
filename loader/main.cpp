// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The program: everything is in run_cli.
#include "loader/cli.h"

int main(int argc, char** argv) { return xdpmirror::run_cli(argc, argv); }
