// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Encodes frames inside out: each header is written when every byte that it describes is known.
#include "selftests/support/packet.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace xdpmirror::test {
namespace {

constexpr std::uint8_t kProtocolIcmp = 1;
constexpr std::uint8_t kProtocolTcp = 6;
constexpr std::uint8_t kProtocolUdp = 17;
constexpr std::uint8_t kProtocolFragment = 44;
constexpr std::uint8_t kProtocolIcmp6 = 58;
constexpr std::uint8_t kProtocolNone = 253;  // RFC 3692: for experiments
constexpr std::uint16_t kEthTypeIpv4 = 0x0800;
constexpr std::uint16_t kEthTypeArp = 0x0806;
constexpr std::uint16_t kEthTypeIpv6 = 0x86dd;
constexpr std::uint16_t kEthTypeNone = 0x88b5;  // IEEE 802: for local experiments
constexpr std::uint8_t kJunk = 0xee;            // padding that must never leak

template <class T>
void put(Bytes& out, T value) {
    for (std::size_t i = sizeof(T); i-- > 0;)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

template <class Range>
void append(Bytes& out, const Range& bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_ip(Bytes& out, const IpAddress& address) {
    const std::ptrdiff_t size = address.family == Family::ipv4 ? 4 : 16;
    out.insert(out.end(), address.bytes.begin(), address.bytes.begin() + size);
}

void keep(Bytes& bytes, std::size_t size) {
    if (size < bytes.size())
        bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(size), bytes.end());
}

void set16(Bytes& out, std::size_t at, std::uint16_t value) {
    out.at(at) = static_cast<std::uint8_t>(value >> 8);
    out.at(at + 1) = static_cast<std::uint8_t>(value & 0xff);
}

// An IP header's addresses, for checksums inside it.
struct Pseudo {
    IpAddress src;
    IpAddress dst;
};

std::uint16_t transport_checksum(const Pseudo& ip, std::uint8_t protocol, const Bytes& header,
                                 const Bytes& body) {
    Bytes pseudo;
    put_ip(pseudo, ip.src);
    put_ip(pseudo, ip.dst);
    put<std::uint32_t>(pseudo, static_cast<std::uint32_t>(header.size() + body.size()));
    put<std::uint32_t>(pseudo, protocol);
    std::uint32_t sum = checksum_add(0, pseudo.data(), pseudo.size());
    sum = checksum_add(sum, header.data(), header.size());  // headers are even in length
    sum = checksum_add(sum, body.data(), body.size());
    return static_cast<std::uint16_t>(~checksum_fold(sum));
}

// What a header needs to know of the layers around it.
struct Around {
    const Packet::Layer* next = nullptr;  // inside, or nothing
    std::optional<Pseudo> ip;             // nearest IP header outside
    bool inner = false;                   // a VXLAN header stands outside
    bool after_ip4 = false;               // nearest IP header outside is IPv4
};

std::uint16_t eth_type_of(const Packet::Layer* next) {
    if (next == nullptr) return kEthTypeNone;
    if (const auto* tag = std::get_if<Vlan>(next)) return tag->tpid;
    if (std::holds_alternative<Ipv4>(*next)) return kEthTypeIpv4;
    if (std::holds_alternative<Ipv6>(*next)) return kEthTypeIpv6;
    if (std::holds_alternative<Arp>(*next)) return kEthTypeArp;
    return kEthTypeNone;
}

std::uint8_t protocol_of(const Packet::Layer* next, bool ip4) {
    if (next == nullptr) return kProtocolNone;
    if (std::holds_alternative<Udp>(*next)) return kProtocolUdp;
    if (std::holds_alternative<Tcp>(*next)) return kProtocolTcp;
    if (std::holds_alternative<Icmp>(*next)) return ip4 ? kProtocolIcmp : kProtocolIcmp6;
    if (std::holds_alternative<Ipv6Fragment>(*next)) return kProtocolFragment;
    if (const auto* options = std::get_if<Ipv6Options>(next))
        return static_cast<std::uint8_t>(options->kind);
    return kProtocolNone;
}

Pseudo addresses(const Ipv4& ip, bool inner) {
    return {ip.src.value_or(inner ? kExporter : kMirror),
            ip.dst.value_or(inner ? kOldCollector : kNode)};
}

Pseudo addresses(const Ipv6& ip, bool inner) {
    return {ip.src.value_or(inner ? kExporter6 : kMirror6),
            ip.dst.value_or(inner ? kOldCollector6 : kNode6)};
}

Bytes encode(const Eth& eth, const Around& around, const Bytes&) {
    Bytes out;
    append(out, eth.dst.value_or(around.inner ? kForeignMac : kNodeMac).bytes);
    append(out, eth.src.value_or(around.inner ? kExporterMac : kMirrorMac).bytes);
    put<std::uint16_t>(out, eth.type.value_or(eth_type_of(around.next)));
    return out;
}

Bytes encode(const Vlan& tag, const Around& around, const Bytes&) {
    Bytes out;
    put<std::uint16_t>(out, static_cast<std::uint16_t>(tag.priority << 13 | tag.id));
    put<std::uint16_t>(out, tag.type.value_or(eth_type_of(around.next)));
    return out;
}

Bytes encode(const Ipv4& ip, const Around& around, const Bytes& body) {
    const std::size_t size = 20 + ip.options.size();
    assert(size % 4 == 0 && size <= 60);
    const auto [src, dst] = addresses(ip, around.inner);
    const auto ihl = ip.ihl.value_or(static_cast<std::uint8_t>(size / 4));
    Bytes out;
    put<std::uint8_t>(out, static_cast<std::uint8_t>(ip.version << 4 | ihl));
    put<std::uint8_t>(out, static_cast<std::uint8_t>(ip.dscp << 2 | ip.ecn));
    put<std::uint16_t>(out,
                       ip.total_length.value_or(static_cast<std::uint16_t>(size + body.size())));
    put<std::uint16_t>(out, ip.id);
    put<std::uint16_t>(out, static_cast<std::uint16_t>((ip.df ? 0x4000 : 0) | (ip.mf ? 0x2000 : 0) |
                                                       ip.fragment_offset));
    put<std::uint8_t>(out, ip.ttl);
    put<std::uint8_t>(out, ip.protocol.value_or(protocol_of(around.next, true)));
    put<std::uint16_t>(out, 0);
    put_ip(out, src);
    put_ip(out, dst);
    append(out, ip.options);
    const std::uint32_t sum = checksum_add(0, out.data(), out.size());
    set16(out, 10, ip.checksum.value_or(static_cast<std::uint16_t>(~checksum_fold(sum))));
    return out;
}

Bytes encode(const Ipv6& ip, const Around& around, const Bytes& body) {
    const auto [src, dst] = addresses(ip, around.inner);
    const std::uint32_t traffic_class = static_cast<std::uint32_t>(ip.dscp) << 2 | ip.ecn;
    Bytes out;
    put<std::uint32_t>(
        out, static_cast<std::uint32_t>(ip.version) << 28 | traffic_class << 20 | ip.flow_label);
    put<std::uint16_t>(out, ip.payload_length.value_or(static_cast<std::uint16_t>(body.size())));
    put<std::uint8_t>(out, ip.next_header.value_or(protocol_of(around.next, false)));
    put<std::uint8_t>(out, ip.hop_limit);
    put_ip(out, src);
    put_ip(out, dst);
    return out;
}

Bytes encode(const Ipv6Options& options, const Around& around, const Bytes&) {
    Bytes out;
    put<std::uint8_t>(out, options.next_header.value_or(protocol_of(around.next, false)));
    put<std::uint8_t>(out, options.extra_words);
    const std::size_t pad = 4 + 8U * options.extra_words;  // PadN: type 1, length, zeros
    put<std::uint8_t>(out, 1);
    put<std::uint8_t>(out, static_cast<std::uint8_t>(pad));
    out.insert(out.end(), pad, 0);
    return out;
}

Bytes encode(const Ipv6Fragment& fragment, const Around& around, const Bytes&) {
    Bytes out;
    put<std::uint8_t>(out, fragment.next_header.value_or(protocol_of(around.next, false)));
    put<std::uint8_t>(out, 0);
    put<std::uint16_t>(out,
                       static_cast<std::uint16_t>(fragment.offset << 3 | (fragment.more ? 1 : 0)));
    put<std::uint32_t>(out, fragment.id);
    return out;
}

Bytes encode(const Udp& udp, const Around& around, const Bytes& body) {
    const bool carries_vxlan =
        around.next != nullptr && std::holds_alternative<Vxlan>(*around.next);
    const bool carries_geneve =
        around.next != nullptr && std::holds_alternative<Geneve>(*around.next);
    Bytes out;
    put<std::uint16_t>(out, udp.src.value_or(around.inner ? kExporterPort : kMirrorPort));
    put<std::uint16_t>(out, udp.dst.value_or(around.inner    ? kFlowPort
                                             : carries_vxlan ? kVxlanPort
                                             : carries_geneve ? kGenevePort
                                                             : kFlowPort));
    put<std::uint16_t>(out, udp.length.value_or(static_cast<std::uint16_t>(8 + body.size())));
    put<std::uint16_t>(out, 0);
    assert(udp.checksum || around.ip);
    const std::uint16_t computed =
        udp.checksum ? *udp.checksum : transport_checksum(*around.ip, kProtocolUdp, out, body);
    // RFC 768: a computed zero is sent as all ones, since zero says "not computed".
    set16(out, 6, udp.checksum || computed != 0 ? computed : 0xffff);
    return out;
}

Bytes encode(const Tcp& tcp, const Around& around, const Bytes& body) {
    Bytes out;
    put<std::uint16_t>(out, tcp.src);
    put<std::uint16_t>(out, tcp.dst);
    put<std::uint32_t>(out, tcp.seq);
    put<std::uint32_t>(out, tcp.ack);
    put<std::uint8_t>(out, 5 << 4);
    put<std::uint8_t>(out, tcp.flags);
    put<std::uint16_t>(out, tcp.window);
    put<std::uint16_t>(out, 0);
    put<std::uint16_t>(out, 0);  // urgent pointer
    set16(out, 16, transport_checksum(around.ip.value(), kProtocolTcp, out, body));
    return out;
}

Bytes encode(const Icmp& icmp, const Around& around, const Bytes& body) {
    Bytes out;
    put<std::uint8_t>(out, around.after_ip4 ? 8 : 128);
    put<std::uint8_t>(out, 0);
    put<std::uint16_t>(out, 0);
    put<std::uint16_t>(out, icmp.id);
    put<std::uint16_t>(out, icmp.sequence);
    if (around.after_ip4) {
        const std::uint32_t sum =
            checksum_add(checksum_add(0, out.data(), out.size()), body.data(), body.size());
        set16(out, 2, static_cast<std::uint16_t>(~checksum_fold(sum)));
    } else {
        set16(out, 2, transport_checksum(around.ip.value(), kProtocolIcmp6, out, body));
    }
    return out;
}

Bytes encode(const Arp& arp, const Around&, const Bytes&) {
    Bytes out;
    put<std::uint16_t>(out, 1);
    put<std::uint16_t>(out, kEthTypeIpv4);
    put<std::uint8_t>(out, 6);
    put<std::uint8_t>(out, 4);
    put<std::uint16_t>(out, arp.operation);
    append(out, arp.sender_mac.bytes);
    put_ip(out, arp.sender);
    append(out, arp.target_mac.bytes);
    put_ip(out, arp.target);
    return out;
}

Bytes encode(const Vxlan& vxlan, const Around&, const Bytes&) {
    Bytes out;
    put<std::uint32_t>(out, static_cast<std::uint32_t>(vxlan.flags) << 24 | vxlan.reserved1);
    put<std::uint32_t>(out, vxlan.vni << 8 | vxlan.reserved2);
    return out;
}

Bytes encode(const Geneve& geneve, const Around& around, const Bytes&) {
    assert(geneve.options.size() % 4 == 0 && geneve.options.size() <= 252);
    const auto words =
        geneve.option_words.value_or(static_cast<std::uint8_t>(geneve.options.size() / 4));
    Bytes out;
    put<std::uint8_t>(out, static_cast<std::uint8_t>(geneve.version << 6 | words));
    put<std::uint8_t>(out, geneve.flags);
    put<std::uint16_t>(out, geneve.type.value_or(eth_type_of(around.next)));
    put<std::uint32_t>(out, geneve.vni << 8);
    append(out, geneve.options);
    return out;
}

Bytes encode(const Raw& raw, const Around&, const Bytes&) {
    return raw.bytes;
}

const char* name_of(const Packet::Layer& layer) {
    constexpr const char* kNames[] = {"ethernet",     "vlan",          "ipv4",  "ipv6",
                                      "ipv6 options", "ipv6 fragment", "udp",   "tcp",
                                      "icmp",         "arp",           "vxlan", "payload", "geneve"};
    static_assert(std::size(kNames) == std::variant_size_v<Packet::Layer>);
    return kNames[layer.index()];
}

std::vector<Around> surroundings(const std::vector<Packet::Layer>& layers) {
    std::vector<Around> all;
    Around outside;
    for (std::size_t i = 0; i < layers.size(); i++) {
        outside.next = i + 1 < layers.size() ? &layers[i + 1] : nullptr;
        all.push_back(outside);
        if (const auto* v4 = std::get_if<Ipv4>(&layers[i])) {
            outside.ip = addresses(*v4, outside.inner);
            outside.after_ip4 = true;
        } else if (const auto* v6 = std::get_if<Ipv6>(&layers[i])) {
            outside.ip = addresses(*v6, outside.inner);
            outside.after_ip4 = false;
        } else if (std::holds_alternative<Vxlan>(layers[i])) {
            outside = Around{};
            outside.inner = true;
        }
    }
    return all;
}

struct Encoded {
    Bytes bytes;
    std::vector<std::size_t> header_sizes;  // one for each layer
};

Encoded encode_all(const std::vector<Packet::Layer>& layers) {
    const std::vector<Around> around = surroundings(layers);
    Encoded out;
    out.header_sizes.resize(layers.size());
    for (std::size_t i = layers.size(); i-- > 0;) {
        if (const auto* vxlan = std::get_if<Vxlan>(&layers[i]); vxlan && vxlan->packet_length)
            keep(out.bytes, *vxlan->packet_length);
        Bytes header = std::visit(
            [&](const auto& layer) { return encode(layer, around[i], out.bytes); }, layers[i]);
        out.header_sizes[i] = header.size();
        append(header, out.bytes);
        if (const auto* eth = std::get_if<Eth>(&layers[i]))
            header.insert(header.end(), eth->padding, kJunk);
        out.bytes = std::move(header);
    }
    return out;
}

}  // namespace

std::uint32_t checksum_add(std::uint32_t sum, const std::uint8_t* bytes, std::size_t size) {
    for (std::size_t i = 0; i < size; i += 2) {
        const std::uint32_t low = i + 1 < size ? bytes[i + 1] : 0U;
        sum += static_cast<std::uint32_t>(bytes[i]) << 8 | low;
    }
    return checksum_fold(sum);
}

std::uint16_t checksum_fold(std::uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

Packet Packet::with(Layer layer) const {
    Packet longer = *this;
    longer.layers_.push_back(std::move(layer));
    return longer;
}

Packet Packet::payload(std::size_t size) const {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; i++) bytes[i] = static_cast<std::uint8_t>(i % 251);
    return payload(std::move(bytes));
}

Packet Packet::trailing(std::size_t size) const {
    Packet changed = *this;
    changed.trailing_ = size;
    return changed;
}

Packet Packet::cut(std::size_t size) const {
    Packet changed = *this;
    changed.cut_ = size;
    return changed;
}

Bytes Packet::bytes() const {
    Bytes bytes = encode_all(layers_).bytes;
    bytes.insert(bytes.end(), trailing_, kJunk);
    keep(bytes, bytes.size() - std::min(cut_, bytes.size()));
    return bytes;
}

std::vector<LayerSpan> Packet::spans() const {
    const Encoded encoded = encode_all(layers_);
    const std::size_t total = bytes().size();
    std::vector<LayerSpan> spans;
    std::size_t offset = 0;
    bool inner = false;
    const bool tunnel = std::any_of(layers_.begin(), layers_.end(), [](const Layer& layer) {
        return std::holds_alternative<Vxlan>(layer);
    });
    for (std::size_t i = 0; i < layers_.size() && offset < total; i++) {
        const bool is_vxlan = std::holds_alternative<Vxlan>(layers_[i]);
        const std::string where = !tunnel || is_vxlan ? "" : inner ? "inner " : "outer ";
        const std::size_t length = std::min(encoded.header_sizes[i], total - offset);
        spans.push_back({where + name_of(layers_[i]), offset, length});
        offset += length;
        inner = inner || is_vxlan;
    }
    if (offset < total) spans.push_back({"behind the packet", offset, total - offset});
    return spans;
}

Packet mirrored(Mirrored fields) {
    const IpAddress from =
        fields.from.value_or(fields.to && fields.to->family == Family::ipv6 ? kMirror6 : kMirror);
    const bool v6 = from.family == Family::ipv6;
    const IpAddress to = fields.to.value_or(v6 ? kNode6 : kNode);
    const Packet ethernet = Packet().eth();
    const Packet ip =
        v6 ? ethernet.ipv6({.src = from, .dst = to}) : ethernet.ipv4({.src = from, .dst = to});
    return ip.udp({.dst = fields.port, .checksum = 0})
        .vxlan({.vni = fields.vni, .packet_length = fields.packet_length})
        .eth({.padding = fields.padding});
}

Packet delivered(MacAddress next_hop) {
    return Packet().eth({.dst = next_hop, .src = kNodeEgressMac});
}

}  // namespace xdpmirror::test
