// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who speaks: within one stream a template number means one thing (RFC 3954 section 5.1, RFC 7011 sections
// 3.4.1 and 8: ports included).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>

#include "config/address.h"
#include "config/config.h"
#include "loader/templates/export_message.h"
#include "maps/layout.h"

namespace xdpmirror {

// As it came, before any rewrite, and by which rule.
struct ExportStream {
    std::uint32_t rule = 0;  // row of xm_rule_book
    IpAddress from, to;
    std::uint16_t from_port = 0, to_port = 0;  // host order
    ExportProtocol protocol = ExportProtocol::netflow9;
    std::uint32_t domain = 0;

    auto operator<=>(const ExportStream&) const = default;
};

// A packet that the data plane has handed up, but for what its payload says.
struct TemplatePacket {
    ExportStream stream;
    std::uint8_t hops = 0;  // TTL or hop limit
    std::uint8_t tos = 0;   // or traffic class
    std::uint32_t bytes = 0;
    std::span<const std::uint8_t> payload;  // of the record it was read from
};

// Nothing if it is no such packet.
std::optional<TemplatePacket> read_template_packet(const xm_template_packet& record);

// The slot of its packets in a pool that has so many: by the hash that the data plane uses.
std::uint32_t slot_of(const ExportStream& stream, Balance balance, std::uint32_t slots);

}  // namespace xdpmirror
