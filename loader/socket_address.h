// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Addresses as the kernel's socket calls take them.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>

#include "config/address.h"

namespace xdpmirror {

// `size` becomes that of the family.
sockaddr_storage socket_address(const IpAddress& address, std::uint16_t port, socklen_t& size);

// Nothing for other families than IPv4 and IPv6.
std::optional<IpAddress> address_of(const sockaddr_storage& storage);

}  // namespace xdpmirror
