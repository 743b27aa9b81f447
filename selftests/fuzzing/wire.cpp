// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/wire.h"

namespace xdpmirror::reference {
namespace {

std::optional<Carrier> read_ipv4(View packet) {
    packet.require(kIpv4Bytes);
    if (packet.u8(0) >> 4 != 4 || (packet.u8(0) & 0xf) < 5) return {};
    Carrier ip;
    ip.header = 4U * (packet.u8(0) & 0xf);
    ip.length = packet.u16(2);
    ip.offset = packet.u16(6) & 0x1fff;
    ip.is_fragment = (packet.u16(6) & 0x3fff) != 0;
    ip.protocol = packet.u8(9);
    ip.from = packet.address(Family::ipv4, 12);
    ip.to = packet.address(Family::ipv4, 16);
    ip.behind = packet.rest(ip.header);
    return ip;
}

std::optional<Carrier> read_ipv6(View packet) {
    packet.require(kIpv6Bytes);
    if (packet.u8(0) >> 4 != 6) return {};
    Carrier ip;
    ip.length = kIpv6Bytes + packet.u16(4);
    ip.protocol = packet.u8(6);
    ip.from = packet.address(Family::ipv6, 8);
    ip.to = packet.address(Family::ipv6, 24);
    ip.header = kIpv6Bytes;
    for (std::size_t i = 0; i < kMostExtensions; i++) {
        if (ip.protocol != kHopByHop && ip.protocol != kDestinationOptions) break;
        const View extension = packet.rest(ip.header);
        extension.require(8);  // no header is shorter
        ip.header += 8 + 8U * extension.u8(1);
        ip.protocol = extension.u8(0);
    }
    ip.behind = packet.rest(ip.header);
    return ip;
}

}  // namespace

Ethernet read_ethernet(View frame) {
    frame.require(kEthernetBytes);
    Ethernet ethernet{frame.u16(12), kEthernetBytes};
    for (std::size_t tags = 0; tags < kMostTags; tags++) {
        if (ethernet.type != kTypeCtag && ethernet.type != kTypeStag) break;
        ethernet.type = frame.u16(ethernet.size + 2);
        ethernet.size += 4;
    }
    return ethernet;
}

std::optional<Carrier> read_carrier(std::uint16_t ether_type, View packet) {
    if (ether_type == kTypeIpv4) return read_ipv4(packet);
    if (ether_type == kTypeIpv6) return read_ipv6(packet);
    return {};
}

void read_fragment_header(Carrier& ip) {
    if (ip.from.family == Family::ipv4 || ip.protocol != kFragmentHeader) return;
    ip.behind.require(8);
    ip.is_fragment = true;
    ip.protocol = ip.behind.u8(0);
    ip.offset = ip.behind.u16(2) >> 3;
    ip.header += 8;
    ip.behind = ip.behind.from(8);
}

std::optional<View> agreed_payload(const Carrier& carrier) {
    const std::size_t udp_length = carrier.behind.u16(4);
    if (udp_length < kUdpBytes + 8) return {};
    if (carrier.header + udp_length > carrier.length) return {};
    if (carrier.length > carrier.header + carrier.behind.size()) return {};
    return carrier.behind.first(udp_length).from(kUdpBytes);
}

}  // namespace xdpmirror::reference
