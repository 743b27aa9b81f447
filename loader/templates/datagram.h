// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A UDP datagram in its IP packet, as bytes on the wire.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "config/address.h"

namespace xdpmirror {

struct DatagramHeader {
    IpAddress from, to;  // of one family
    std::uint16_t from_port = 0, to_port = 0;  // host order
    std::uint8_t hops = 64;  // TTL or hop limit
    std::uint8_t tos = 0;    // or traffic class
};

// IPv4 (RFC 791) without options and with DF, or IPv6 (RFC 8200); UDP (RFC 768) with its checksum.
std::vector<std::uint8_t> write_datagram(const DatagramHeader& header, std::span<const std::uint8_t> payload);

// Bytes of both headers.
std::size_t datagram_overhead(Family family);

}  // namespace xdpmirror
