// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who is who in packet cases: every address, MAC, port and VNI of a case has a role name from here,
// so that a case reads as a story. No two roles share a value.
#pragma once

#include <array>
#include <cstdint>

#include "config/address.h"

namespace xdpmirror::test {

constexpr IpAddress ip4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    IpAddress address;
    address.family = Family::ipv4;
    address.bytes[0] = a;
    address.bytes[1] = b;
    address.bytes[2] = c;
    address.bytes[3] = d;
    return address;
}

constexpr IpAddress ip6(const std::array<std::uint16_t, 8>& groups) {
    IpAddress address;
    address.family = Family::ipv6;
    for (std::size_t i = 0; i < groups.size(); i++) {
        address.bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
        address.bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xff);
    }
    return address;
}

constexpr MacAddress mac(std::uint8_t d, std::uint8_t e, std::uint8_t f) {
    return MacAddress{{0x02, 0x00, 0x00, d, e, f}};
}

// Outer: the interface that is mirrored sends VXLAN to the node that runs the data plane.
inline constexpr IpAddress kMirror = ip4(10, 0, 1, 10);
inline constexpr IpAddress kMirror6 = ip6({0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x10});
inline constexpr IpAddress kStranger = ip4(172, 31, 9, 9);  // in no prefix of any source
inline constexpr IpAddress kStranger6 = ip6({0x2001, 0xdb8, 0xbad, 0, 0, 0, 0, 9});
inline constexpr IpAddress kNode = ip4(10, 0, 2, 20);
inline constexpr IpAddress kNode6 = ip6({0x2001, 0xdb8, 2, 0, 0, 0, 0, 0x20});
inline constexpr IpAddress kNeighbour = ip4(10, 0, 2, 99);  // another host on the node's network
inline constexpr IpAddress kNeighbour6 = ip6({0x2001, 0xdb8, 2, 0, 0, 0, 0, 0x99});
inline constexpr IpAddress kNodeEgress = ip4(10, 0, 3, 20);  // the node's other interface
inline constexpr IpAddress kNodeEgress6 = ip6({0x2001, 0xdb8, 3, 0, 0, 0, 0, 0x20});
inline constexpr MacAddress kMirrorMac = mac(0x01, 0x01, 0x10);
inline constexpr MacAddress kNodeMac = mac(0x01, 0x02, 0x20);
inline constexpr std::uint16_t kMirrorPort = 49321;  // a hash of the mirrored flow, in real life
inline constexpr std::uint16_t kVxlanPort = 4789;
inline constexpr std::uint32_t kVni = 4242;
inline constexpr IpAddress kBalancer = ip4(10, 0, 4, 7);  // a gateway load balancer, in Geneve
inline constexpr std::uint16_t kGenevePort = 6081;

// Inner: a router exports flow records to the collector that it knows.
inline constexpr IpAddress kExporter = ip4(192, 168, 10, 1);
inline constexpr IpAddress kExporter6 = ip6({0x2001, 0xdb8, 0x10, 0, 0, 0, 0, 1});
inline constexpr IpAddress kOldCollector = ip4(10, 50, 0, 5);
inline constexpr IpAddress kOldCollector6 = ip6({0x2001, 0xdb8, 0x50, 0, 0, 0, 0, 5});
inline constexpr MacAddress kExporterMac = mac(0x10, 0x00, 0x01);
inline constexpr MacAddress kForeignMac = mac(0x10, 0x00, 0xfe);  // the exporter's own gateway
inline constexpr std::uint16_t kExporterPort = 50123;
inline constexpr std::uint16_t kFlowPort = 31756;

// Delivered: the node sends to the collector through the next hop.
inline constexpr IpAddress kCollector = ip4(100, 76, 10, 11);
inline constexpr IpAddress kCollector6 = ip6({0x2001, 0xdb8, 0xfd1, 0, 0, 0, 0, 0x11});
inline constexpr IpAddress kOtherCollector = ip4(100, 76, 10, 12);
inline constexpr IpAddress kThirdCollector = ip4(100, 76, 10, 13);
inline constexpr MacAddress kNodeEgressMac = mac(0x20, 0x02, 0x20);
inline constexpr MacAddress kNextHopMac = mac(0x20, 0x00, 0x01);
inline constexpr MacAddress kOtherNextHopMac = mac(0x20, 0x00, 0x02);
inline constexpr std::uint16_t kCollectorPort = 8081;

}  // namespace xdpmirror::test
