// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Tells systemd, if it has started us, how we are: the datagrams of sd_notify(3).
#pragma once

#include <string>

namespace xdpmirror {

// "READY=1", "STATUS=...", "WATCHDOG=1", "STOPPING=1", one a line. Nothing when nobody asks for it.
void notify_service_manager(const std::string& state);

}  // namespace xdpmirror
