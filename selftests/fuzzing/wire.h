// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Numbers that the RFCs and IANA gave, and the lower layers that docs/packets.md reads in the same
// way wherever they stand.
#pragma once

#include <cstdint>
#include <optional>

#include "selftests/fuzzing/view.h"

namespace xdpmirror::reference {

enum EtherType : std::uint16_t {
    kTypeIpv4 = 0x0800,
    kTypeIpv6 = 0x86dd,
    kTypeCtag = 0x8100,
    kTypeStag = 0x88a8
};

enum Protocol : std::uint8_t {
    kHopByHop = 0,
    kTcp = 6,
    kUdp = 17,
    kDccp = 33,
    kRouting = 43,
    kFragmentHeader = 44,
    kAuthentication = 51,
    kIcmp6 = 58,
    kDestinationOptions = 60,
    kSctp = 132,
    kMobility = 135,
    kUdpLite = 136
};

constexpr std::size_t kEthernetBytes = 14;
constexpr std::size_t kIpv4Bytes = 20;
constexpr std::size_t kIpv6Bytes = 40;
constexpr std::size_t kUdpBytes = 8;
constexpr std::size_t kVxlanBytes = 8;
constexpr std::size_t kGeneveBytes = 8;
constexpr std::size_t kMostTags = 2;
constexpr std::size_t kMostExtensions = 6;

// An Ethernet header with its tags. Throws Beyond and NotPresent, as all here.
struct Ethernet {
    std::uint16_t type = 0;  // of what is behind; a third tag stays one
    std::size_t size = 0;    // 14, and 4 for each tag

    bool is_ip() const { return type == kTypeIpv4 || type == kTypeIpv6; }
};
Ethernet read_ethernet(View frame);

// An IP header around a tunnel, read as packets.md 1.2 says.
struct Carrier {
    IpAddress from;
    IpAddress to;
    std::size_t length = 0;     // of the packet, as it says itself
    std::size_t header = 0;     // bytes before the upper layer
    std::uint8_t protocol = 0;  // of the upper layer; of a fragment: what it is a fragment of
    bool is_fragment = false;
    std::uint16_t offset = 0;  // of a fragment, in units of 8
    View behind;               // from the upper layer on, to the end of what was given
};
// Empty: no such header.
std::optional<Carrier> read_carrier(std::uint16_t ether_type, View packet);

// 1.4: goes behind an IPv6 fragment header, if it is that.
void read_fragment_header(Carrier& ip);

// The UDP payload if all lengths agree: the packet ends within what was given, the UDP length
// within the packet, and the payload holds 8 bytes.
std::optional<View> agreed_payload(const Carrier& carrier);

}  // namespace xdpmirror::reference
