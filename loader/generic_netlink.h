// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What all families of generic netlink have in common.
#pragma once

#include <linux/genetlink.h>

#include <cstdint>
#include <optional>

#include "loader/netlink_socket.h"
#include "maps/result.h"

namespace xdpmirror {

genlmsghdr generic_header(std::uint8_t command, std::uint8_t version);

// The number that the kernel gave the family, or nothing when it has no such family.
Result<std::optional<std::uint16_t>> find_generic_family(NetlinkSocket& socket, const char* name);

}  // namespace xdpmirror
