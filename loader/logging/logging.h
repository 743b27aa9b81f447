// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The log of a command that stays: to standard error, where a journal, a container or a terminal
// takes it.
#pragma once

#include "loader/logging/log_options.h"

namespace xdpmirror {

// From here on spdlog's own functions write as the options say. Flushing the default logger now and
// then lets it say what it held back.
void set_up_logging(const LogOptions& options);

// Whether standard error is the journal of systemd.
bool logs_to_journal();

}  // namespace xdpmirror
