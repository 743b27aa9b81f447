// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// ICMP echo as bytes: RFC 792, RFC 4443 section 4.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "config/address.h"

namespace xdpmirror {

// Type, code, checksum, identifier, sequence: the same eight bytes for both families.
std::array<std::uint8_t, 8> echo_request(Family family, std::uint16_t id, std::uint16_t sequence);

// Is it the answer to the question with these numbers? As a raw socket reads it: IPv4 comes with its IP
// header.
bool is_echo_reply(const std::uint8_t* bytes, std::size_t size, Family family, std::uint16_t id,
                   std::uint16_t sequence);

}  // namespace xdpmirror
