// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/layers.h"

#include "selftests/fuzzing/sums.h"

namespace xdpmirror::fuzz {
namespace {

View bytes_of(const IpAddress& address) {
    return std::span(address.bytes).first(address.family == Family::ipv4 ? 4 : 16);
}

Bytes ipv4(const IpHeader& header, View payload) {
    const std::size_t size = 20 + header.options.size();
    Bytes out;
    out.reserve(size + payload.size());
    const std::uint8_t ihl = header.ihl.value_or(static_cast<std::uint8_t>(size / 4));
    out.push_back(static_cast<std::uint8_t>(header.version.value_or(4) << 4 | (ihl & 0xf)));
    out.push_back(header.traffic_class);
    append16(out, header.length.value_or(static_cast<std::uint16_t>(size + payload.size())));
    append16(out, static_cast<std::uint16_t>(header.id));
    append16(out,
             static_cast<std::uint16_t>((header.evil ? 0x8000 : 0) | (header.df ? 0x4000 : 0) |
                                        (header.more ? 0x2000 : 0) | (header.offset & 0x1fff)));
    out.push_back(header.ttl);
    out.push_back(header.protocol);
    append16(out, 0);
    append(out, bytes_of(header.from));
    append(out, bytes_of(header.to));
    append(out, header.options);
    const auto sum = static_cast<std::uint16_t>(~reference::Sum().bytes(out).folded());
    put16(out, 10, header.checksum.value_or(sum));
    append(out, payload);
    return out;
}

Bytes ipv6(const IpHeader& header, View payload) {
    Bytes behind = header.extensions;
    const bool has_fragment_header = header.more || header.offset != 0 || header.atomic;
    if (has_fragment_header) {
        behind.push_back(header.protocol);
        behind.push_back(0);
        append16(behind, static_cast<std::uint16_t>(header.offset << 3 | (header.more ? 1 : 0)));
        append32(behind, header.id);
    }
    append(behind, payload);
    std::uint8_t next = has_fragment_header ? 44 : header.protocol;
    if (!header.extensions.empty()) next = header.first_extension;
    Bytes out;
    out.reserve(40 + behind.size());
    append32(out, static_cast<std::uint32_t>(header.version.value_or(6) << 28) |
                      static_cast<std::uint32_t>(header.traffic_class << 20) |
                      (header.id & 0xfffff));
    append16(out, header.length.value_or(static_cast<std::uint16_t>(behind.size())));
    out.push_back(next);
    out.push_back(header.ttl);
    append(out, bytes_of(header.from));
    append(out, bytes_of(header.to));
    append(out, behind);
    return out;
}

}  // namespace

void append(Bytes& out, View more) {
    out.insert(out.end(), more.begin(), more.end());
}

void append16(Bytes& out, std::uint16_t word) {
    out.push_back(static_cast<std::uint8_t>(word >> 8));
    out.push_back(static_cast<std::uint8_t>(word & 0xff));
}

void append32(Bytes& out, std::uint32_t word) {
    append16(out, static_cast<std::uint16_t>(word >> 16));
    append16(out, static_cast<std::uint16_t>(word & 0xffff));
}

void put16(Bytes& out, std::size_t at, std::uint16_t word) {
    out.at(at) = static_cast<std::uint8_t>(word >> 8);
    out.at(at + 1) = static_cast<std::uint8_t>(word & 0xff);
}

Bytes ethernet(const EthernetHeader& header, View payload) {
    Bytes out(header.to.bytes.begin(), header.to.bytes.end());
    out.insert(out.end(), header.from.bytes.begin(), header.from.bytes.end());
    for (const std::uint16_t tpid : header.tags) {
        append16(out, tpid);
        append16(out, 100);
    }
    append16(out, header.type);
    append(out, payload);
    return out;
}

Bytes ip(const IpHeader& header, View payload) {
    return header.from.family == Family::ipv4 ? ipv4(header, payload) : ipv6(header, payload);
}

Bytes chain(const std::vector<Extension>& extensions, std::uint8_t next) {
    Bytes out;
    for (std::size_t i = 0; i < extensions.size(); i++) {
        const std::size_t size = extensions[i].kind == 44 ? 8 : 8 + 8U * extensions[i].words;
        out.push_back(i + 1 < extensions.size() ? extensions[i + 1].kind : next);
        out.push_back(extensions[i].words);
        out.insert(out.end(), size - 2, 0);
    }
    return out;
}

std::optional<std::size_t> checksum_offset(std::uint8_t protocol, Family family) {
    switch (protocol) {
        case 6:
            return 16;
        case 17:
        case 33:
        case 136:
            return 6;
        case 58:
            if (family == Family::ipv6) return 2;
            return {};
        default:
            return {};
    }
}

Bytes upper(const Upper& header, const IpAddress& from, const IpAddress& to, View payload) {
    Bytes out;
    append16(out, header.from_port);
    append16(out, header.to_port);
    if (header.protocol == 17 || header.protocol == 136) {
        append16(out, header.length.value_or(static_cast<std::uint16_t>(8 + payload.size())));
        append16(out, 0);
    } else if (header.protocol == 6) {
        append32(out, 0x01020304);
        append32(out, 0x05060708);
        append32(out, 0x50021000);
        append32(out, 0);
    } else if (header.protocol == 33 || header.protocol == 132) {
        append32(out, header.protocol == 33 ? 0x03000000 : 0xdeadbeef);
        append32(out, 0x00010203);
    }
    append(out, payload);
    const auto at = checksum_offset(header.protocol, from.family);
    if (!at || out.size() < *at + 2) return out;
    put16(out, *at, 0);
    std::uint16_t sum = reference::upper_layer_checksum(from, to, header.protocol, out);
    if (sum == 0 && header.protocol == 17) sum = 0xffff;
    put16(out, *at, header.checksum.value_or(sum));
    return out;
}

Bytes vxlan(const VxlanHeader& header, View payload) {
    Bytes out;
    append32(out, static_cast<std::uint32_t>(header.flags) << 24 | (header.reserved & 0xffffff));
    append32(out, header.vni << 8 | header.last);
    append(out, payload);
    return out;
}

Bytes geneve(const GeneveHeader& header, View payload) {
    const auto words = static_cast<std::uint8_t>(header.options.size() / 4);
    Bytes out;
    out.push_back(static_cast<std::uint8_t>(header.version << 6 |
                                            (header.option_words.value_or(words) & 0x3f)));
    out.push_back(header.flags);
    append16(out, header.type);
    append32(out, 0);
    append(out, header.options);
    append(out, payload);
    return out;
}

}  // namespace xdpmirror::fuzz
