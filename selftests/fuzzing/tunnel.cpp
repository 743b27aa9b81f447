// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/tunnel.h"

#include <algorithm>

#include "selftests/fuzzing/wire.h"

namespace xdpmirror::reference {
namespace {

bool is_claimed(const Node& node, const IpAddress& address) {
    return node.claims_all ||
           std::find(node.claimed.begin(), node.claimed.end(), address) != node.claimed.end();
}

// 1.4: does the first fragment show a port of ours?
bool shows_our_port(const TunnelPorts& ports, const Carrier& ip) {
    try {
        ip.behind.require(kUdpBytes);
        return ip.offset == 0 && ports.are_ours(ip.behind.u16(2));
    } catch (const Beyond&) {
        return false;
    } catch (const NotPresent&) {
        return false;
    }
}

// 1.1 to 1.5; throws Beyond for headers that are not there.
Outer claim(const Config& config, const Node& node, View frame, std::uint64_t& bytes) {
    const TunnelPorts ports(config);
    const Ethernet ethernet = read_ethernet(frame);
    auto ip = read_carrier(ethernet.type, frame.from(ethernet.size));
    if (ip) read_fragment_header(*ip);
    if (!ip || !is_claimed(node, ip->to) || ip->protocol != kUdp) throw Passed{XM_PASS_NOT_OURS};
    bytes = ethernet.size + ip->length;
    if (ip->is_fragment) {
        if (shows_our_port(ports, *ip)) throw Dropped{XM_DROP_OUTER_FRAGMENT};
        throw Passed{XM_PASS_OUTER_FRAGMENT};
    }
    ip->behind.require(kUdpBytes);
    const std::uint16_t port = ip->behind.u16(2);
    if (!ports.are_ours(port)) throw Passed{XM_PASS_NOT_OURS};
    const auto payload = agreed_payload(*ip);
    if (!payload) throw Dropped{XM_DROP_OUTER_LENGTH};
    const bool is_vxlan = ports.has_vxlan && port == ports.vxlan;
    return {is_vxlan ? WayIn::vxlan : WayIn::geneve, ip->from, *payload};
}

// RFC 8926 section 3.4.
struct Geneve {
    explicit Geneve(View payload)
        : version(payload.u8(0) >> 6),
          size(kGeneveBytes + 4U * (payload.u8(0) & 0x3f)),
          is_control((payload.u8(1) & 0x80) != 0),
          type(payload.u16(2)) {
        payload.require(kGeneveBytes);
        payload.from(size);
    }
    int version;
    std::size_t size;
    bool is_control;
    std::uint16_t type;
};

Geneve read_geneve(View payload) {
    try {
        const Geneve geneve(payload);
        if (geneve.version == 0) return geneve;
    } catch (const Beyond&) {
    }
    throw Dropped{XM_DROP_GENEVE_MALFORMED};
}

// The VXLAN packet in a Geneve payload that is a mirror.
std::optional<View> find_mirror(const TunnelPorts& ports, const Geneve& geneve, View packet) {
    try {
        if (geneve.is_control) return {};
        const auto ip = read_carrier(geneve.type, packet);
        if (!ip || ip->is_fragment || ip->protocol != kUdp) return {};
        ip->behind.require(kUdpBytes);
        if (ip->behind.u16(2) != ports.vxlan) return {};
        return agreed_payload(*ip);
    } catch (const Beyond&) {
        return {};
    }
}

[[noreturn]] void not_a_mirror(const Config& config, const Outer& outer, Answer& answer) {
    const auto source = longest(config, &Source::from, outer.sender,
                                [](const Source& s) { return s.way == WayIn::geneve; });
    if (!source) throw Dropped{XM_DROP_SENDER_NOT_ALLOWED};
    if (config.sources[*source].other_pass) throw Passed{XM_PASS_GENEVE_NOT_MIRROR};
    answer.source = source;
    throw Dropped{XM_DROP_GENEVE_NOT_MIRROR};
}

// RFC 7348 section 5, and the P bit of VXLAN-GPE.
struct Vxlan {
    explicit Vxlan(View header)
        : flags(header.u8(0)), reserved(header.u24(1)), vni(header.u24(4)), last(header.u8(7)) {}
    bool has_vni() const { return (flags & 0x08) != 0; }
    bool is_gpe_of_other() const {
        const std::uint8_t next_protocol = reserved & 0xff;
        return (flags & 0x04) != 0 && next_protocol != 0 && next_protocol != 3;
    }
    bool has_reserved_bits() const { return (flags & ~0x08) != 0 || reserved != 0 || last != 0; }
    std::uint8_t flags;
    std::uint32_t reserved;
    std::uint32_t vni;
    std::uint8_t last;
};

// Step 3 and 4.
std::size_t find_source(const Config& config, const Outer& outer, std::uint32_t vni) {
    const auto names_it = [&](const Source& s) { return s.way == outer.way && s.vni == vni; };
    const auto takes_any = [&](const Source& s) { return s.way == outer.way && !s.vni; };
    const auto& all = config.sources;
    const bool is_named = std::any_of(all.begin(), all.end(), names_it);
    if (!is_named && std::none_of(all.begin(), all.end(), takes_any))
        throw Dropped{XM_DROP_VNI_UNKNOWN};
    const auto source = longest(config, &Source::from, outer.sender, [&](const Source& s) {
        return is_named ? names_it(s) : takes_any(s);
    });
    if (!source) throw Dropped{XM_DROP_SENDER_NOT_ALLOWED};
    return *source;
}

}  // namespace

TunnelPorts::TunnelPorts(const Config& config) {
    for (const Source& source : config.sources) {
        has_vxlan |= source.way == WayIn::vxlan;
        has_geneve |= source.way == WayIn::geneve;
    }
    if (!config.sources.empty()) {  // the same for all sources
        vxlan = config.sources.front().vxlan_port;
        geneve = config.sources.front().geneve_port;
    }
}

bool TunnelPorts::are_ours(std::uint16_t port) const {
    return (has_vxlan && port == vxlan) || (has_geneve && port == geneve);
}

Outer read_outer(const Config& config, const Node& node, View frame, std::uint64_t& bytes) {
    try {
        return claim(config, node, frame, bytes);
    } catch (const Beyond&) {
        throw Passed{XM_PASS_NOT_OURS};
    } catch (const NotPresent&) {
        throw Passed{XM_PASS_NOT_OURS};
    }
}

Mirrored open_tunnel(const Config& config, const Outer& outer, Answer& answer) {
    View packet = outer.payload;
    if (outer.way == WayIn::geneve) {
        const Geneve geneve = read_geneve(packet);
        const auto mirror = find_mirror(TunnelPorts(config), geneve, packet.from(geneve.size));
        if (!mirror) not_a_mirror(config, outer, answer);
        packet = *mirror;
    }
    const Vxlan vxlan(packet);  // agreed_payload() has made sure of 8 bytes
    if (!vxlan.has_vni()) throw Dropped{XM_DROP_VXLAN_NO_VNI};
    if (vxlan.is_gpe_of_other()) throw Dropped{XM_DROP_VXLAN_GPE};
    const std::size_t source = find_source(config, outer, vxlan.vni);
    answer.source = source;
    if (vxlan.has_reserved_bits()) {
        if (config.sources[source].strict) throw Dropped{XM_DROP_VXLAN_RESERVED};
        answer.notes.insert(XM_NOTE_VXLAN_RESERVED);
    }
    return {source, vxlan.vni, packet.from(kVxlanBytes)};
}

}  // namespace xdpmirror::reference
