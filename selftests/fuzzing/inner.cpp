// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/inner.h"

#include "selftests/fuzzing/wire.h"

namespace xdpmirror::reference {
namespace {

constexpr std::size_t kLargestDatagram = 65535;
constexpr std::size_t kFragmentHeaderBytes = 8;

bool is_possible_source(const IpAddress& address) {
    static const Prefix kImpossible[] = {
        *Prefix::parse("0.0.0.0/8"), *Prefix::parse("127.0.0.0/8"), *Prefix::parse("224.0.0.0/3"),
        *Prefix::parse("::"),        *Prefix::parse("::1"),         *Prefix::parse("fe80::/10"),
        *Prefix::parse("ff00::/8")};
    for (const Prefix& prefix : kImpossible)
        if (prefix.contains(address)) return false;
    return true;
}

bool is_refused_extension(std::uint8_t next) {
    return next == kRouting || next == kAuthentication || next == kMobility;
}

bool is_walked_extension(std::uint8_t next) {
    return next == kHopByHop || next == kDestinationOptions || next == kFragmentHeader;
}

}  // namespace

Inner::Inner(View grant) try {
    const Ethernet ethernet = read_ethernet(grant);
    if (!ethernet.is_ip()) throw Dropped{XM_DROP_INNER_NOT_IP};
    frame_header = ethernet.size;
    granted = grant.from(ethernet.size);
    if (ethernet.type == kTypeIpv4)
        read_ipv4();
    else
        read_ipv6();
} catch (const Beyond&) {
    throw Dropped{XM_DROP_INNER_MALFORMED};
}

void Inner::read_ipv4() {
    granted.require(kIpv4Bytes);
    header = 4U * (granted.u8(0) & 0xf);
    length = granted.u16(2);
    if (granted.u8(0) >> 4 != 4 || header < kIpv4Bytes || length < header)
        throw Dropped{XM_DROP_INNER_MALFORMED};
    id = granted.u16(4);
    more = (granted.u16(6) & 0x2000) != 0;
    offset = granted.u16(6) & 0x1fff;
    ttl = granted.u8(8);
    protocol = granted.u8(9);
    from = granted.address(Family::ipv4, 12);
    to = granted.address(Family::ipv4, 16);
}

void Inner::read_ipv6() {
    granted.require(kIpv6Bytes);
    if (granted.u8(0) >> 4 != 6) throw Dropped{XM_DROP_INNER_MALFORMED};
    header = kIpv6Bytes;
    length = kIpv6Bytes + granted.u16(4);
    protocol = granted.u8(6);
    ttl = granted.u8(7);
    from = granted.address(Family::ipv6, 8);
    to = granted.address(Family::ipv6, 24);
}

void Inner::check_source() const {
    if (!is_possible_source(from)) throw Dropped{XM_DROP_INNER_SOURCE_INVALID};
}

// A header's kind is judged before its bytes: a seventh is refused also where it is not there.
void Inner::walk_headers() try {
    if (is_ipv4()) {
        granted.from(header);
        return;
    }
    for (std::size_t walked = 0; !is_later(); walked++) {
        if (is_refused_extension(protocol)) throw Dropped{XM_DROP_INNER_EXTENSION};
        if (!is_walked_extension(protocol)) return;
        const bool is_second = protocol == kFragmentHeader && has_fragment_header_;
        if (walked == kMostExtensions || is_second) throw Dropped{XM_DROP_INNER_EXTENSION};
        const View extension = packet().from(header);
        extension.require(8);  // no header is shorter
        std::size_t size = kFragmentHeaderBytes;
        if (protocol == kFragmentHeader)
            read_fragment_header(extension);
        else
            size = 8 + 8U * extension.u8(1);
        extension.require(size);
        protocol = extension.u8(0);
        header += size;
        if (!has_fragment_header_ || behind_fragment_ != 0) continue;
        behind_fragment_ = header;
        check_fragment();  // 3.8, where it stands
    }
} catch (const Beyond&) {
    throw Dropped{XM_DROP_INNER_MALFORMED};
}

void Inner::read_fragment_header(View fragment) {
    fragment.require(kFragmentHeaderBytes);
    has_fragment_header_ = true;
    offset = fragment.u16(2) >> 3;
    more = (fragment.u16(2) & 1) != 0;
    id = fragment.u32(4);
}

void Inner::check_fragment() const {
    if (!is_fragment()) return;
    if (is_truncated()) throw Dropped{XM_DROP_INNER_TRUNCATED};
    const std::size_t n = length - (is_ipv4() ? header : behind_fragment_);
    const std::size_t end = 8U * offset + n + (is_ipv4() ? header : 0);
    const bool is_tcp_overlap = is_ipv4() && protocol == kTcp && offset == 1;  // RFC 1858
    if ((more && (n == 0 || n % 8 != 0)) || end > kLargestDatagram || is_tcp_overlap)
        throw Dropped{XM_DROP_FRAGMENT_MALFORMED};
}

std::size_t upper_header_bytes(std::uint8_t protocol, Family family) {
    switch (protocol) {
        case kUdp:
        case kUdpLite:
            return 8;
        case kTcp:
            return 20;
        case kSctp:
        case kDccp:
            return 12;
        case kIcmp6:
            return family == Family::ipv6 ? 4 : 0;
        default:
            return 0;
    }
}

void Inner::read_upper(bool others_allowed) {
    if (is_later() && !is_ipv4()) return;  // its protocol is that of its first fragment
    if (protocol != kUdp && !others_allowed) throw Dropped{XM_DROP_INNER_NOT_UDP};
    if (protocol != kUdp && is_truncated()) throw Dropped{XM_DROP_INNER_TRUNCATED};
    if (is_later()) return;
    const View upper = packet().from(header);
    const std::size_t needed = upper_header_bytes(protocol, from.family);
    if (upper.size() < needed) {
        if (is_first()) throw Dropped{XM_DROP_FRAGMENT_MALFORMED};
        throw Dropped{is_truncated() ? XM_DROP_INNER_TRUNCATED : XM_DROP_INNER_MALFORMED};
    }
    if (needed != 0) upper.require(needed);
    if (needed != 0 && protocol != kIcmp6) port = upper.u16(2);
    if (protocol == kUdp) read_udp(upper);
}

void Inner::read_udp(View upper) {
    const std::size_t udp_length = upper.u16(4);
    const std::size_t left = length - header;
    if (udp_length < kUdpBytes || (!is_first() && udp_length > left))
        throw Dropped{XM_DROP_INNER_MALFORMED};
}

}  // namespace xdpmirror::reference
