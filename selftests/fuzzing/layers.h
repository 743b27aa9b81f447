// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Packets from the inside out: each function puts a header before what it is given. Fields that are
// not set follow from the payload, so that lengths and sums are right unless somebody wants
// otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/address.h"
#include "selftests/fuzzing/view.h"

namespace xdpmirror::fuzz {

using reference::Bytes;
using reference::View;

void append(Bytes& out, View more);
void append16(Bytes& out, std::uint16_t word);
void append32(Bytes& out, std::uint32_t word);
void put16(Bytes& out, std::size_t at, std::uint16_t word);

struct EthernetHeader {
    MacAddress to{{0x02, 0, 0, 1, 2, 0x20}};
    MacAddress from{{0x02, 0, 0, 1, 1, 0x10}};
    std::vector<std::uint16_t> tags{};  // TPIDs
    std::uint16_t type = 0x0800;
};
Bytes ethernet(const EthernetHeader& header, View payload);

// IPv4 or IPv6, by the family of its addresses.
struct IpHeader {
    IpAddress from;
    IpAddress to;
    std::uint8_t protocol = 17;
    std::uint8_t ttl = 64;
    std::uint8_t traffic_class = 0;
    std::uint32_t id = 0;  // IPv6: in the fragment header
    bool df = false;       // IPv4
    bool more = false;
    bool evil = false;         // RFC 3514
    bool atomic = false;       // IPv6: a fragment header that says the packet is whole
    std::uint16_t offset = 0;  // units of 8
    Bytes options{};           // IPv4, a multiple of 4
    Bytes extensions{};        // IPv6: headers before a fragment header; see chain()
    std::uint8_t first_extension = 0;
    std::optional<std::uint8_t> version{};
    std::optional<std::uint8_t> ihl{};
    std::optional<std::uint16_t> length{};  // IPv4 total, IPv6 payload
    std::optional<std::uint16_t> checksum{};
};
Bytes ip(const IpHeader& header, View payload);

// Extension headers one after the other; the last says that `next` follows.
struct Extension {
    std::uint8_t kind = 0;
    std::uint8_t words = 0;  // as in its length byte
};
Bytes chain(const std::vector<Extension>& extensions, std::uint8_t next);

// UDP, TCP, UDP-Lite, DCCP, ICMPv6: with their checksum over `from` and `to`. Others: none.
struct Upper {
    std::uint8_t protocol = 17;
    std::uint16_t from_port = 50123;
    std::uint16_t to_port = 0;
    std::optional<std::uint16_t> length{};  // UDP
    std::optional<std::uint16_t> checksum{};
};
Bytes upper(const Upper& header, const IpAddress& from, const IpAddress& to, View payload);

// Where the checksum stands in the header of a protocol; empty if it has none over a pseudo-header.
std::optional<std::size_t> checksum_offset(std::uint8_t protocol, Family family);

struct VxlanHeader {
    std::uint8_t flags = 0x08;
    std::uint32_t reserved = 0;  // 24 bits
    std::uint32_t vni = 0;
    std::uint8_t last = 0;
};
Bytes vxlan(const VxlanHeader& header, View payload);

struct GeneveHeader {
    std::uint8_t version = 0;
    std::optional<std::uint8_t> option_words{};
    std::uint8_t flags = 0;  // O, C
    std::uint16_t type = 0x0800;
    Bytes options{};
};
Bytes geneve(const GeneveHeader& header, View payload);

}  // namespace xdpmirror::fuzz
