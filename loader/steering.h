// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Where the kernel routes mirrored packets and the profile names the routing table (`table`), a rule of
// ours leads packets with the mark to it. It carries a protocol number of ours, by which it is told from
// a rule of the operator's that says the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "loader/netlink_message.h"
#include "maps/result.h"

namespace xdpmirror {

// 'x': free among those of the kernel's <linux/rtnetlink.h>; `ip rule` shows it as "proto 120".
inline constexpr std::uint8_t kSteeringProtocol = 120;

struct Steering {
    Family family = Family::ipv4;
    std::uint32_t mark = 0;
    std::uint32_t table = 0;

    std::string text() const;  // as `ip` takes it: "fwmark 0x77 lookup 100 proto 120"
    bool operator==(const Steering&) const = default;
};

// What a profile asks for: each mark and table, for the families of the collectors that use it.
std::vector<Steering> steering_of(const Config& config);

// A rule with our protocol number; nothing when the message is another rule or none.
std::optional<Steering> parse_steering(const NetlinkMessage& message);

// Those that the kernel has now, whichever attachment has made them.
Result<std::vector<Steering>> steered();

// One rule each, behind that of loader/silence.h; attachments share them, and one that is there already
// is no error. One that leads the same mark elsewhere is.
Result<> steer(const std::vector<Steering>& wanted);
// Takes them away; those that are not there are no error, and rules without our number stay.
Result<> end_steering(const std::vector<Steering>& rules);

}  // namespace xdpmirror
