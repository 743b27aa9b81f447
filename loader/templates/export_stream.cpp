// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/export_stream.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "maps/flow_hash.h"

namespace xdpmirror {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kIp4Header = 20;  // RFC 791 section 3.1
constexpr std::size_t kIp6Header = 40;  // RFC 8200 section 3
constexpr std::size_t kUdpHeader = 8;   // RFC 768

std::uint16_t word(Bytes bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

IpAddress address(Family family, Bytes bytes, std::size_t at) {
    IpAddress address{.family = family};
    const auto size = family == Family::ipv4 ? 4U : 16U;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, address.bytes.begin());
    return address;
}

std::array<__be32, 4> words(const IpAddress& address) {
    std::array<__be32, 4> words{};
    std::memcpy(words.data(), address.bytes.data(), sizeof(words));
    return words;
}

}  // namespace

std::optional<TemplatePacket> read_template_packet(const xm_template_packet& record) {
    const Bytes packet(record.packet, std::min<std::size_t>(record.bytes, sizeof(record.packet)));
    const std::size_t payload = record.payload;
    if (packet.size() < kIp4Header || payload > packet.size()) return std::nullopt;
    const bool ipv6 = packet[0] >> 4 == 6;
    const auto header = ipv6 ? kIp6Header : kIp4Header;
    if (payload < header + kUdpHeader) return std::nullopt;
    const std::size_t datagram = word(packet, payload - 4);  // the length in the UDP header
    if (datagram < kUdpHeader || payload - kUdpHeader + datagram > packet.size()) return std::nullopt;
    const auto family = ipv6 ? Family::ipv6 : Family::ipv4;
    TemplatePacket read;
    read.stream.rule = record.rule;
    read.stream.from = address(family, packet, ipv6 ? 8 : 12);
    read.stream.to = address(family, packet, ipv6 ? 24 : 16);
    read.stream.from_port = word(packet, payload - 8);
    read.stream.to_port = word(packet, payload - 6);
    read.hops = packet[ipv6 ? 7 : 8];
    read.tos = ipv6 ? static_cast<std::uint8_t>(word(packet, 0) >> 4) : packet[1];
    read.bytes = record.bytes;
    read.payload = packet.subspan(payload, datagram - kUdpHeader);
    return read;
}

std::uint32_t slot_of(const ExportStream& stream, Balance balance, std::uint32_t slots) {
    const auto from = words(stream.from), to = words(stream.to);
    const auto family = static_cast<__u64>(stream.from.family);
    switch (balance) {
        case Balance::exporter_port:
            return xm_flow_slot(xm_flow_by_exporter_port(family, from.data(), stream.from_port), slots);
        case Balance::flow:
            return xm_flow_slot(xm_flow_by_tuple(family, from.data(), to.data(), stream.from_port,
                                                 stream.to_port, IPPROTO_UDP),
                                slots);
        default:
            return xm_flow_slot(xm_flow_by_exporter(family, from.data()), slots);
    }
}

}  // namespace xdpmirror
