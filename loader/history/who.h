// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who asks for a change: the login that the kernel remembers over su and sudo, the user that the
// program runs as, or the systemd unit.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace xdpmirror {

struct Who {
    std::string login;      // who logged in; empty: nobody did
    std::string effective;  // whose rights were used
    std::string unit;       // of systemd; empty: none

    bool operator==(const Who&) const = default;
    std::string text() const;  // "alice as root", "unit xdpmirror@eth0.service", "root"
};

// What a process can say of itself; injected so that tests need no other users.
struct ProcessFacts {
    std::function<std::optional<std::string>(const std::string&)> environment;
    std::string login_uid;  // /proc/self/loginuid
    std::string cgroup;     // /proc/self/cgroup
    std::uint32_t effective_uid = 0;
    std::function<std::optional<std::string>(std::uint32_t)> user_name;
};

Who who_of(const ProcessFacts& facts);

// This process.
Who who_asks();

}  // namespace xdpmirror
