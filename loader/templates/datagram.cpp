// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/datagram.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "loader/internet_checksum.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kIp4 = 20, kIp6 = 40, kUdp = 8;

using Bytes = std::vector<std::uint8_t>;

void put_word(Bytes& bytes, std::size_t at, std::size_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

void put_address(Bytes& bytes, std::size_t at, const IpAddress& address, std::size_t size) {
    std::copy_n(address.bytes.begin(), size, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

void put_sum(Bytes& bytes, std::size_t at, std::uint16_t sum) { std::memcpy(&bytes[at], &sum, sizeof(sum)); }

void put_ip4(Bytes& packet, const DatagramHeader& header) {
    packet[0] = 0x45;
    packet[1] = header.tos;
    put_word(packet, 2, packet.size());
    put_word(packet, 6, 0x4000);  // DF
    packet[8] = header.hops;
    packet[9] = IPPROTO_UDP;
    put_address(packet, 12, header.from, 4);
    put_address(packet, 16, header.to, 4);
    put_sum(packet, 10, internet_checksum(std::span(packet).first(kIp4)));
}

void put_ip6(Bytes& packet, const DatagramHeader& header) {
    put_word(packet, 0, 0x6000U | static_cast<std::size_t>(header.tos) << 4);
    put_word(packet, 4, packet.size() - kIp6);
    packet[6] = IPPROTO_UDP;
    packet[7] = header.hops;
    put_address(packet, 8, header.from, 16);
    put_address(packet, 24, header.to, 16);
}

// Over the pseudo-header: RFC 768, RFC 8200 section 8.1.
void put_udp_sum(Bytes& packet, std::size_t ip, std::size_t addresses, std::size_t addresses_bytes) {
    const auto bytes = std::span<const std::uint8_t>(packet);
    const std::size_t length = packet.size() - ip;
    const std::uint8_t rest[] = {0, IPPROTO_UDP, static_cast<std::uint8_t>(length >> 8),
                                 static_cast<std::uint8_t>(length)};
    const auto pseudo = internet_sum(rest, internet_sum(bytes.subspan(addresses, addresses_bytes)));
    const auto sum = internet_checksum(bytes.subspan(ip), pseudo);
    put_sum(packet, ip + 6, sum == 0 ? std::uint16_t{0xffff} : sum);
}

}  // namespace

std::size_t datagram_overhead(Family family) { return (family == Family::ipv4 ? kIp4 : kIp6) + kUdp; }

std::vector<std::uint8_t> write_datagram(const DatagramHeader& header, std::span<const std::uint8_t> payload) {
    const bool ipv4 = header.from.family == Family::ipv4;
    const auto ip = ipv4 ? kIp4 : kIp6;
    Bytes packet(ip + kUdp);
    packet.insert(packet.end(), payload.begin(), payload.end());
    put_word(packet, ip, header.from_port);
    put_word(packet, ip + 2, header.to_port);
    put_word(packet, ip + 4, packet.size() - ip);
    if (ipv4) {
        put_ip4(packet, header);
        put_udp_sum(packet, ip, 12, 8);
    } else {
        put_ip6(packet, header);
        put_udp_sum(packet, ip, 8, 32);
    }
    return packet;
}

}  // namespace xdpmirror
