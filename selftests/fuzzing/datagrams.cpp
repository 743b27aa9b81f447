// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/datagrams.h"

#include <algorithm>

#include "selftests/fuzzing/sums.h"

namespace xdpmirror::fuzz {
namespace {

constexpr std::uint8_t kUdp = 17;

bool has_port(std::uint8_t protocol) {
    return protocol == 6 || protocol == kUdp || protocol == 136;
}

}  // namespace

std::size_t Datagrams::payload_size() {
    switch (dice_.below(24)) {
        case 0:
            return dice_.below(3);
        case 1:
            return 1400 + dice_.below(300);  // around the MTU
        case 2:
            return dice_.below(3000);
        default:
            return dice_.below(90);
    }
}

IpHeader Datagrams::outer(const IpAddress& from, const IpAddress& to) {
    IpHeader header{.from = from, .to = to, .id = dice_.word(), .df = dice_.one_in(2)};
    header.ttl = dice_.one_in(20) ? dice_.byte() : 64;
    add_options(header);
    if (dice_.one_in(8)) add_extensions(header);
    if (dice_.one_in(60)) {
        header.more = dice_.one_in(2);
        header.offset = dice_.one_in(2) ? 0 : dice_.word() & 0x1fff;
        header.atomic = true;
    }
    return header;
}

void Datagrams::add_options(IpHeader& header) {
    if (!dice_.one_in(8)) return;
    header.options = dice_.one_in(2) ? Bytes(4U * (1 + dice_.below(10)), 1)
                                     : dice_.bytes(4U * (1 + dice_.below(10)));
}

// Mostly what may be there; hostile ones when something is to be wrong.
void Datagrams::add_extensions(IpHeader& header) {
    std::vector<Extension> extensions;
    const std::uint32_t most = dice_.one_in(6) ? 8 : 3;
    const std::uint32_t count = dice_.below(most + 1);
    for (std::uint32_t i = 0; i < count; i++) {
        Extension extension{dice_.of<std::uint8_t>({0, 60}), 0};
        if (dice_.one_in(4)) extension.words = static_cast<std::uint8_t>(dice_.below(4));
        if (dice_.one_in(40)) extension.words = dice_.byte();
        if (dice_.one_in(12)) extension.kind = 44;  // offset 0, no more: the packet is whole
        if (dice_.one_in(40)) extension.kind = dice_.of<std::uint8_t>({43, 51, 135, 44});
        extensions.push_back(extension);
    }
    if (extensions.empty()) return;
    const bool has_fragment_header = header.more || header.offset != 0 || header.atomic;
    header.first_extension = extensions.front().kind;
    header.extensions = chain(extensions, has_fragment_header ? 44 : header.protocol);
}

IpHeader Datagrams::header(const Aim& aim) {
    IpHeader header{.from = roles_.inner_source(aim), .to = roles_.inner_destination(aim)};
    header.protocol = roles_.protocol(aim);
    header.ttl = dice_.one_in(16) ? static_cast<std::uint8_t>(dice_.below(3))
                                  : static_cast<std::uint8_t>(2 + dice_.below(254));
    header.traffic_class = dice_.one_in(3) ? dice_.byte() : 0;
    header.id = next_id_++;
    header.df = dice_.one_in(2);
    header.evil = dice_.one_in(100);
    add_options(header);
    return header;
}

void Datagrams::spoil(IpHeader& header, std::size_t payload) {
    const std::size_t right = (header.from.family == Family::ipv4 ? 20 : 0) + payload;
    if (faults_.here()) header.version = static_cast<std::uint8_t>(dice_.below(16));
    if (faults_.here()) header.ihl = static_cast<std::uint8_t>(dice_.below(16));
    if (faults_.here()) header.length = dice_.word();
    if (faults_.here()) header.length = static_cast<std::uint16_t>(right + dice_.below(9) - 4);
    if (dice_.one_in(8)) header.checksum = dice_.of<std::uint16_t>({0, 0xffff, dice_.word()});
}

Upper Datagrams::upper_header(const Aim& aim, std::uint8_t protocol) {
    Upper header{.protocol = protocol, .from_port = dice_.word(), .to_port = roles_.port(aim)};
    if (dice_.one_in(4)) header.checksum = dice_.of<std::uint16_t>({0, 0, 0xffff, dice_.word()});
    if (faults_.here()) header.length = dice_.word();
    if (faults_.here()) header.length = static_cast<std::uint16_t>(dice_.below(120));
    return header;
}

// The last two bytes such that the checksum after the rewrite comes out as zero.
void Datagrams::tune(Bytes& segment, const IpHeader& header, const Aim& aim) {
    const auto at = checksum_offset(header.protocol, aim.family);
    if (!at || segment.size() % 2 != 0 || segment.size() < 24) return;
    if (aim.collector.family != aim.family) return;
    Bytes sent = segment;
    if (has_port(header.protocol) && aim.rule->port) put16(sent, 2, *aim.rule->port);
    put16(sent, *at, 0);
    put16(sent, sent.size() - 2, 0);
    const std::uint16_t tail =
        reference::upper_layer_checksum(header.from, aim.collector, header.protocol, sent);
    put16(segment, segment.size() - 2, tail);
    put16(segment, *at, 0);
    const std::uint16_t sum =
        reference::upper_layer_checksum(header.from, header.to, header.protocol, segment);
    put16(segment, *at, sum);
}

// Extension headers that stand behind a fragment header, or the only ones.
Bytes Datagrams::headers_before_upper(IpHeader& header) {
    if (header.from.family == Family::ipv4 || !dice_.one_in(6)) return {};
    const std::uint8_t kind = dice_.of<std::uint8_t>({60, 60, 60, 0, 43, 44});
    const Bytes headers =
        chain({{kind, static_cast<std::uint8_t>(dice_.below(2))}}, header.protocol);
    header.protocol = kind;
    return headers;
}

std::vector<Bytes> Datagrams::make(const Aim& aim) {
    IpHeader header = this->header(aim);
    Bytes segment = upper(upper_header(aim, header.protocol), header.from, header.to,
                          dice_.bytes(payload_size()));
    if (dice_.one_in(10)) tune(segment, header, aim);
    if (faults_.here()) segment.resize(dice_.below(segment.size() + 1));
    Bytes behind = headers_before_upper(header);
    append(behind, segment);
    const bool is_fragmented = dice_.one_in(6);
    if (is_fragmented) header.atomic = true;
    if (header.from.family == Family::ipv6 && dice_.one_in(6)) add_extensions(header);
    if (is_fragmented) return fragments(header, behind);
    if (dice_.one_in(20) && header.from.family == Family::ipv6 && header.extensions.empty())
        header.atomic = true;
    spoil(header, behind.size());
    return {ip(header, behind)};
}

std::vector<Bytes> Datagrams::fragments(const IpHeader& header, const Bytes& segment) {
    std::vector<Bytes> packets;
    const bool is_tiny = dice_.one_in(8);
    for (std::size_t at = 0; at < segment.size();) {
        std::size_t size = is_tiny ? 8 : 8U * (1 + dice_.below(1 + segment.size() / 16));
        IpHeader piece = header;
        piece.offset = static_cast<std::uint16_t>(at / 8);
        piece.more = at + size < segment.size();
        if (!piece.more) size = segment.size() - at;
        if (faults_.here()) piece.more = !piece.more;
        if (faults_.here()) piece.offset = dice_.of<std::uint16_t>({1, 8191, 8190, dice_.word()});
        if (faults_.here()) size = dice_.below(size + 1);
        if (piece.offset == 0 && dice_.one_in(12))
            size = std::min<std::size_t>(size, dice_.below(24));
        spoil(piece, size);
        packets.push_back(ip(piece, View(segment).from(at).first(size)));
        at += std::max<std::size_t>(size, 1);
        if (dice_.one_in(12)) at -= std::min<std::size_t>(at, 8) & ~std::size_t{7};  // overlap
        at = at / 8 * 8 + (at % 8 != 0 ? 8 : 0);
        if (packets.size() == 6) break;
    }
    if (packets.empty()) return packets;
    if (dice_.one_in(3)) std::rotate(packets.begin(), packets.begin() + 1, packets.end());
    if (dice_.one_in(8)) packets.erase(packets.begin());
    if (dice_.one_in(8) && !packets.empty()) packets.push_back(packets.front());
    return packets;
}

}  // namespace xdpmirror::fuzz
