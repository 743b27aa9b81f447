// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Builds whole frames layer by layer, outside in. What a case does not say has a sane default:
// lengths, next-protocol fields and checksums are right, addresses and ports follow from where the
// layer stands (packet_roles.h). Every field can be set wrong on purpose.
//
//     Packet().eth().ipv4().udp().vxlan({.vni = 77}).eth().ipv4({.ttl = 1}).udp().payload(32)
//     mirrored({.vni = 77}).ipv4({.ttl = 1}).udp().payload(32)          the same
//
// A Packet is a value: each call returns a longer one and leaves the first as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/address.h"
#include "selftests/support/packet_roles.h"

namespace xdpmirror::test {

using Bytes = std::vector<std::uint8_t>;

// The fields of each layer. `optional` is either "follows from the position" (addresses, ports) or
// "computed from what is inside" (types, lengths, checksums); a value is written as given.

struct Eth {
    std::optional<MacAddress> dst{};
    std::optional<MacAddress> src{};
    std::optional<std::uint16_t> type{};
    std::size_t padding = 0;  // bytes after the IP packet, within this Ethernet frame
};

struct Vlan {
    std::uint16_t id = 100;
    std::uint8_t priority = 0;
    std::uint16_t tpid = 0x8100;  // written in the header before the tag
    std::optional<std::uint16_t> type{};
};

struct Ipv4 {
    std::optional<IpAddress> src{};
    std::optional<IpAddress> dst{};
    std::uint8_t ttl = 64;
    std::uint8_t dscp = 0;
    std::uint8_t ecn = 0;
    std::uint16_t id = 0x4d58;
    bool df = false;
    bool mf = false;
    std::uint16_t fragment_offset = 0;  // in units of 8 bytes
    Bytes options{};                    // a multiple of 4 bytes, at most 40
    std::uint8_t version = 4;
    std::optional<std::uint8_t> ihl{};  // in units of 4 bytes
    std::optional<std::uint16_t> total_length{};
    std::optional<std::uint8_t> protocol{};
    std::optional<std::uint16_t> checksum{};
};

struct Ipv6 {
    std::optional<IpAddress> src{};
    std::optional<IpAddress> dst{};
    std::uint8_t hop_limit = 64;
    std::uint8_t dscp = 0;
    std::uint8_t ecn = 0;
    std::uint32_t flow_label = 0;
    std::uint8_t version = 6;
    std::optional<std::uint16_t> payload_length{};
    std::optional<std::uint8_t> next_header{};
};

// Hop-by-hop or destination options that hold only padding.
struct Ipv6Options {
    enum class Kind : std::uint8_t { hop_by_hop = 0, destination = 60 };
    Kind kind = Kind::destination;
    std::uint8_t extra_words = 0;  // 8 bytes each, beyond the first 8
    std::optional<std::uint8_t> next_header{};
};

struct Ipv6Fragment {
    std::uint16_t offset = 0;  // in units of 8 bytes
    bool more = false;
    std::uint32_t id = 0x01020304;
    std::optional<std::uint8_t> next_header{};
};

struct Udp {
    std::optional<std::uint16_t> src{};
    std::optional<std::uint16_t> dst{};
    std::optional<std::uint16_t> length{};
    // Computed over the bytes really there; 0 is what a sender writes that does not compute it.
    // The outer UDP header before VXLAN has 0 unless said otherwise: see `mirrored`.
    std::optional<std::uint16_t> checksum{};
};

struct Tcp {
    std::uint16_t src = 40000;
    std::uint16_t dst = 443;
    std::uint32_t seq = 1;
    std::uint32_t ack = 0;
    std::uint8_t flags = 0x02;  // SYN
    std::uint16_t window = 64240;
};

struct Icmp {  // an echo request; over IPv6 it is ICMPv6
    std::uint16_t id = 7;
    std::uint16_t sequence = 1;
};

struct Arp {
    std::uint16_t operation = 1;
    MacAddress sender_mac = kMirrorMac;
    IpAddress sender = kMirror;
    MacAddress target_mac{};
    IpAddress target = kNode;
};

struct Vxlan {
    std::uint32_t vni = kVni;
    std::uint8_t flags = 0x08;                   // the I bit
    std::uint32_t reserved1 = 0;                 // 24 bits after the flags
    std::uint8_t reserved2 = 0;                  // 8 bits after the VNI
    std::optional<std::size_t> packet_length{};  // as AWS truncates: bytes kept after this header
};

struct Geneve {
    std::uint8_t version = 0;
    Bytes options{};                           // a multiple of 4 bytes, at most 252
    std::optional<std::uint8_t> option_words{};  // of 4 bytes
    std::uint8_t flags = 0;                    // 0x80: control, 0x40: critical options
    std::optional<std::uint16_t> type{};
    std::uint32_t vni = 0;
};

struct Raw {
    Bytes bytes{};
};

// Where a layer stands in the encoded frame; clipped to the bytes that are there.
struct LayerSpan {
    std::string name;
    std::size_t offset = 0;
    std::size_t length = 0;
};

class Packet {
  public:
    using Layer = std::variant<Eth, Vlan, Ipv4, Ipv6, Ipv6Options, Ipv6Fragment, Udp, Tcp, Icmp,
                               Arp, Vxlan, Raw, Geneve>;

    Packet eth(Eth fields = {}) const { return with(std::move(fields)); }
    Packet vlan(Vlan fields = {}) const { return with(std::move(fields)); }
    Packet ipv4(Ipv4 fields = {}) const { return with(std::move(fields)); }
    Packet ipv6(Ipv6 fields = {}) const { return with(std::move(fields)); }
    Packet ipv6_options(Ipv6Options fields = {}) const { return with(std::move(fields)); }
    Packet ipv6_fragment(Ipv6Fragment fields = {}) const { return with(std::move(fields)); }
    Packet udp(Udp fields = {}) const { return with(std::move(fields)); }
    Packet tcp(Tcp fields = {}) const { return with(std::move(fields)); }
    Packet icmp(Icmp fields = {}) const { return with(std::move(fields)); }
    Packet arp(Arp fields = {}) const { return with(std::move(fields)); }
    Packet vxlan(Vxlan fields = {}) const { return with(std::move(fields)); }
    Packet geneve(Geneve fields = {}) const { return with(std::move(fields)); }

    // `size` bytes that count upwards, so that a shifted payload shows.
    Packet payload(std::size_t size) const;
    Packet payload(Bytes bytes) const { return with(Raw{std::move(bytes)}); }

    // After everything is encoded: bytes behind the frame, or bytes cut from its end. No length
    // and no checksum knows of either.
    Packet trailing(std::size_t size) const;
    Packet cut(std::size_t size) const;

    Bytes bytes() const;
    std::vector<LayerSpan> spans() const;

  private:
    Packet with(Layer layer) const;

    std::vector<Layer> layers_;
    std::size_t trailing_ = 0;
    std::size_t cut_ = 0;
};

// The layers around a mirrored packet, up to and with the inner Ethernet header.
struct Mirrored {
    std::uint32_t vni = kVni;
    std::optional<IpAddress> from{};  // kMirror; an IPv6 address makes the outer header IPv6
    std::optional<IpAddress> to{};    // kNode or kNode6
    std::uint16_t port = kVxlanPort;
    std::optional<std::size_t> packet_length{};
    std::size_t padding = 0;  // behind the inner IP packet
};
Packet mirrored(Mirrored fields = {});

// The layers before a delivered packet: Ethernet from the node's egress to the next hop.
Packet delivered(MacAddress next_hop = kNextHopMac);

// RFC 1071 over bytes, in host order; the sum is not inverted.
std::uint32_t checksum_add(std::uint32_t sum, const std::uint8_t* bytes, std::size_t size);
std::uint16_t checksum_fold(std::uint32_t sum);

}  // namespace xdpmirror::test
