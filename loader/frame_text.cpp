// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Reads headers by copying them out, so nothing depends on alignment.
#include "loader/frame_text.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "config/address.h"

namespace xdpmirror {
namespace {

template <class Header>
std::optional<Header> header_at(const std::vector<std::byte>& frame, std::size_t at) {
    Header header;
    if (frame.size() < at + sizeof(header)) return std::nullopt;
    std::memcpy(&header, frame.data() + at, sizeof(header));
    return header;
}

std::string mac(const unsigned char (&bytes)[ETH_ALEN]) {
    MacAddress address;
    std::copy(std::begin(bytes), std::end(bytes), address.bytes.begin());
    return address.text();
}

std::string address(Family family, const void* bytes) {
    IpAddress value{.family = family, .bytes = {}};
    std::memcpy(value.bytes.data(), bytes, family == Family::ipv4 ? 4 : 16);
    return family == Family::ipv4 ? value.text() : "[" + value.text() + "]";
}

bool has_ports(unsigned protocol) { return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP; }

}  // namespace

std::string ethernet_text(const std::vector<std::byte>& frame) {
    const auto eth = header_at<ethhdr>(frame, 0);
    return eth ? mac(eth->h_source) + " -> " + mac(eth->h_dest) : "";
}

std::string packet_text(const std::vector<std::byte>& frame) {
    const auto eth = header_at<ethhdr>(frame, 0);
    if (!eth) return "";
    std::string from;
    std::string to;
    unsigned ttl = 0;
    unsigned protocol = 0;
    bool shows_ports = false;  // TCP and UDP, and not in a later fragment
    std::size_t udp_at = ETH_HLEN;
    if (ntohs(eth->h_proto) == ETH_P_IP) {
        const auto ip = header_at<iphdr>(frame, ETH_HLEN);
        if (!ip) return "";
        from = address(Family::ipv4, &ip->saddr);
        to = address(Family::ipv4, &ip->daddr);
        ttl = ip->ttl;
        protocol = ip->protocol;
        shows_ports = has_ports(protocol) && (ntohs(ip->frag_off) & 0x1fff) == 0;
        udp_at += std::size_t{ip->ihl} * 4;
    } else {
        const auto ip = header_at<ipv6hdr>(frame, ETH_HLEN);
        if (!ip) return "";
        from = address(Family::ipv6, &ip->saddr);
        to = address(Family::ipv6, &ip->daddr);
        ttl = ip->hop_limit;
        protocol = ip->nexthdr;
        shows_ports = has_ports(protocol);
        udp_at += sizeof(*ip);
    }
    const auto udp = header_at<udphdr>(frame, udp_at);
    if (!shows_ports || !udp) return fmt::format("{} -> {}, protocol {}, TTL {}", from, to, protocol, ttl);
    return fmt::format("{}:{} -> {}:{}, TTL {}", from, ntohs(udp->source), to, ntohs(udp->dest),
                       ttl);
}

}  // namespace xdpmirror
