// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Tells systemd, if it has started us, how we are: the datagrams of sd_notify(3).
#pragma once

#include <chrono>
#include <string>

namespace xdpmirror {

// "READY=1", "STATUS=...", "WATCHDOG=1", "STOPPING=1", one a line. Nothing when nobody asks for it.
void notify_service_manager(const std::string& state);

// A reload has begun (systemd.service(5), Type=notify-reload); it ends with READY=1.
void notify_reloading();

// Says to the service manager that the process lives, if it wants to hear that: WatchdogSec=.
class Watchdog {
  public:
    Watchdog();
    // To be called often.
    void tick();

  private:
    std::chrono::microseconds every_{0};  // zero: nobody wants to hear
    std::chrono::steady_clock::time_point said_{};
};

}  // namespace xdpmirror
