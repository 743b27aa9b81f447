// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// packets.md, section 4.6: the packet as it leaves.
#pragma once

#include <cstdint>
#include <optional>

#include "config/config.h"
#include "selftests/fuzzing/inner.h"

namespace xdpmirror::reference {

struct Rewrite {
    IpAddress to;
    std::optional<std::uint16_t> port;
    Checksum checksum = Checksum::update;
    bool for_kernel = false;  // which takes one off the TTL, and fragments
};

// The IP packet. `inner` has passed section 3.
Bytes rewritten(const Inner& inner, const Rewrite& rewrite);

}  // namespace xdpmirror::reference
