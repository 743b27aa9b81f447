// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Delivered frames, whole: decapsulated, sent to the collector's address and port with right
// checksums, and everything of the exporter's left alone (promise 3).
#include <linux/bpf.h>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Setup kTx{kPlainProfile, {.path = XM_PATH_TX}};
const Setup kAnyLocal{kPlainProfile, {.local = {}, .on_paper = true}};
const Setup kManyLocal{
    kPlainProfile,
    {.local = {kNeighbour, ip4(10, 0, 2, 2), ip4(10, 0, 2, 3), ip4(10, 0, 2, 4), ip4(10, 0, 2, 5),
               ip4(10, 0, 2, 6), ip4(10, 0, 2, 7), kNode, kNeighbour6, kNode6}}};

Want sends_back(Packet out, Accounts accounts) {
    Want want = sends(std::move(out), std::move(accounts));
    want.verdict = XDP_TX;
    return want;
}

// One's complement: a checksum that is wrong by `off` stays wrong by as much.
std::uint16_t off_by(std::uint16_t checksum, std::uint16_t off) {
    return checksum_fold(std::uint32_t{checksum} + off);
}

std::uint16_t at16(const Bytes& bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes.at(at) << 8 | bytes.at(at + 1));
}

std::vector<PacketCase> encapsulations() {
    const Packet in6in6 = mirrored({.from = kMirror6}).ipv6().udp().payload(48);
    const Packet in4in6 = mirrored({.from = kMirror6}).ipv4().udp().payload(48);
    return {
        {"IPv4 in VXLAN over IPv4", &kPlain, flow4(), sends(delivered4(), kFlows)},
        {"IPv6 in VXLAN over IPv4", &kPlain, flow6(), sends(delivered6(), kFlows6)},
        {"IPv4 in VXLAN over IPv6", &kPlain, in4in6, sends(delivered4(), kFlows)},
        {"IPv6 in VXLAN over IPv6", &kPlain, in6in6, sends(delivered6(), kFlows6)},
        {"back out of the same interface", &kTx, flow4(), sends_back(delivered4(), kFlows)},
        {"IPv6 back out of the same interface", &kTx, flow6(), sends_back(delivered6(), kFlows6)},
        {"any address is ours for explain", &kAnyLocal,
         mirrored({.to = ip4(203, 0, 113, 7)}).ipv4().udp().payload(48),
         sends(delivered4(), kFlows)},
        {"any IPv6 address is ours for explain", &kAnyLocal,
         mirrored({.to = kNeighbour6}).ipv4().udp().payload(48), sends(delivered4(), kFlows)},
        {"the last of many own addresses", &kManyLocal, flow4(), sends(delivered4(), kFlows)},
        {"the last of many own IPv6 addresses", &kManyLocal, in4in6, sends(delivered4(), kFlows)},
    };
}

std::vector<PacketCase> outer_headers() {
    const Packet eth = Packet().eth();
    const auto with = [](Packet vxlan) { return vxlan.eth().ipv4().udp().payload(48); };
    const Want want = sends(delivered4(), kFlows);
    const Bytes options{0x94, 4, 0, 0};
    const Bytes many_options(40, 1);
    return {
        {"outer checksum is there", &kPlain, with(eth.ipv4().udp().vxlan()), want},
        {"outer checksum is wrong", &kPlain, with(eth.ipv4().udp({.checksum = 1}).vxlan()), want},
        {"outer IPv4 options", &kPlain,
         with(eth.ipv4({.options = options}).udp({.checksum = 0}).vxlan()), want},
        {"outer IPv4 options of the largest size", &kPlain,
         with(eth.ipv4({.options = many_options}).udp({.checksum = 0}).vxlan()), want},
        {"outer TTL is used up", &kPlain, with(eth.ipv4({.ttl = 1}).udp({.checksum = 0}).vxlan()),
         want},
        {"outer DF, DSCP and ID", &kPlain,
         with(eth.ipv4({.dscp = 46, .ecn = 3, .id = 0, .df = true}).udp({.checksum = 0}).vxlan()),
         want},
        {"outer source port of any value", &kPlain,
         with(eth.ipv4().udp({.src = 0, .checksum = 0}).vxlan()), want},
        {"VXLAN flags that RFC 7348 reserves", &kPlain,
         with(eth.ipv4().udp({.checksum = 0}).vxlan({.flags = 0xfb})),
         want.noting(XM_NOTE_VXLAN_RESERVED)},
        {"VXLAN bytes that RFC 7348 reserves", &kPlain,
         with(eth.ipv4().udp({.checksum = 0}).vxlan({.reserved1 = 0xabcdef})),
         want.noting(XM_NOTE_VXLAN_RESERVED)},
        {"the last VXLAN byte that RFC 7348 reserves", &kPlain,
         with(eth.ipv4().udp({.checksum = 0}).vxlan({.reserved2 = 1})),
         want.noting(XM_NOTE_VXLAN_RESERVED)},
        {"VXLAN-GPE with Ethernet in it", &kPlain,
         with(eth.ipv4().udp({.checksum = 0}).vxlan({.flags = 0x0c, .reserved1 = 3})),
         want.noting(XM_NOTE_VXLAN_RESERVED)},
        {"VXLAN-GPE that does not say what is in it", &kPlain,
         with(eth.ipv4().udp({.checksum = 0}).vxlan({.flags = 0x0c})),
         want.noting(XM_NOTE_VXLAN_RESERVED)},
        {"outer VLAN tag", &kPlain,
         with(Packet().eth().vlan().ipv4().udp({.checksum = 0}).vxlan()), want},
        {"two outer VLAN tags", &kPlain,
         with(Packet().eth().vlan({.tpid = 0x88a8}).vlan().ipv4().udp({.checksum = 0}).vxlan()),
         want},
        {"two outer VLAN tags over IPv6", &kPlain,
         with(Packet().eth().vlan().vlan().ipv6().udp({.checksum = 0}).vxlan()), want},
        {"outer destination options", &kPlain,
         with(Packet().eth().ipv6().ipv6_options({.extra_words = 3}).udp({.checksum = 0}).vxlan()),
         want},
        {"outer hop-by-hop and destination options", &kPlain,
         with(Packet()
                  .eth()
                  .ipv6()
                  .ipv6_options({.kind = Ipv6Options::Kind::hop_by_hop})
                  .ipv6_options()
                  .ipv6_options()
                  .ipv6_options()
                  .ipv6_options()
                  .ipv6_options()
                  .udp({.checksum = 0})
                  .vxlan()),
         want},
        {"outer MACs of any value", &kPlain,
         with(Packet()
                  .eth({.dst = MacAddress{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, .src = kNodeMac})
                  .ipv4()
                  .udp({.checksum = 0})
                  .vxlan()),
         want},
    };
}

std::vector<PacketCase> untouched_fields() {
    const auto in4 = [](Ipv4 ip, Udp udp) { return mirrored().ipv4(ip).udp(udp).payload(31); };
    const auto out4 = [](Ipv4 ip, Udp udp) {
        ip.src = ip.src.value_or(kExporter);
        ip.dst = kCollector;
        ip.ttl--;
        udp.src = udp.src.value_or(kExporterPort);
        udp.dst = kCollectorPort;
        return sends(delivered().ipv4(ip).udp(udp).payload(31), kFlows);
    };
    const auto same4 = [&](const char* name, Ipv4 ip, Udp udp = {}) {
        return PacketCase{name, &kPlain, in4(ip, udp), out4(ip, udp)};
    };
    const auto same6 = [](const char* name, Ipv6 ip) {
        Ipv6 out = ip;
        out.src = ip.src.value_or(kExporter6);
        out.dst = kCollector6;
        out.hop_limit--;
        return PacketCase{name, &kPlain, mirrored().ipv6(ip).udp().payload(31),
                          sends(delivered()
                                    .ipv6(out)
                                    .udp({.src = kExporterPort, .dst = kCollectorPort})
                                    .payload(31),
                                kFlows6)};
    };
    return {
        same4("exporter address", {.src = ip4(203, 0, 113, 255)}),
        same4("exporter port", {}, {.src = 1}),
        same4("exporter port 0", {}, {.src = 0}),
        same4("any old collector", {.dst = ip4(1, 2, 3, 4)}),
        same4("DSCP and ECN", {.dscp = 46, .ecn = 3}),
        same4("IP ID", {.id = 0}),
        same4("DF", {.df = true}),
        same4("inner options", {.options = {0x94, 4, 0, 0, 1, 1, 1, 0}}),
        same4("inner options of the largest size", {.options = Bytes(40, 1)}),
        same4("TTL of 255", {.ttl = 255}),
        same4("TTL of 2", {.ttl = 2}),
        same6("exporter IPv6 address", {.src = ip6({0x2001, 0xdb8, 9, 9, 9, 9, 9, 9})}),
        same6("traffic class and flow label", {.dscp = 46, .ecn = 1, .flow_label = 0xfffff}),
        same6("hop limit of 255", {.hop_limit = 255}),
        same6("hop limit of 2", {.hop_limit = 2}),
        {"port when the rule names none", &kPlain, mirrored().ipv4().udp({.dst = 2055}).payload(48),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                   .udp({.src = kExporterPort, .dst = 2055})
                   .payload(48),
               {"core", "kept", kFdi})},
        {"IPv6 port when the rule names none", &kPlain,
         mirrored().ipv6().udp({.dst = 2055}).payload(48),
         sends(delivered()
                   .ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
                   .udp({.src = kExporterPort, .dst = 2055})
                   .payload(48),
               {"core", "kept6", kFdi6})},
    };
}

// A flow packet with these two payload bytes, and what leaves for it; both sums are right.
Packet tuned_in(bool v6, Bytes payload, std::optional<std::uint16_t> checksum = {}) {
    const Packet ip = v6 ? mirrored().ipv6() : mirrored().ipv4();
    return ip.udp({.checksum = checksum}).payload(std::move(payload));
}
Packet tuned_out(bool v6, Bytes payload, std::optional<std::uint16_t> checksum = {}) {
    const Packet ip =
        v6 ? delivered().ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
           : delivered().ipv4({.src = kExporter, .dst = kCollector, .ttl = 63});
    return ip.udp({.src = kExporterPort, .dst = kCollectorPort, .checksum = checksum})
        .payload(std::move(payload));
}

// Offsets of the inner and the delivered UDP checksum.
std::size_t check_at(bool inner, bool v6) {
    return (inner ? 50U : 0U) + 14 + (v6 ? 40 : 20) + 6;
}

// The payload word that makes a frame's UDP checksum come out as 0, which is sent as 0xffff.
Bytes payload_for_zero(const Packet& with_zero_payload, std::size_t checksum_at) {
    const std::uint16_t checksum = at16(with_zero_payload.bytes(), checksum_at);
    return {static_cast<std::uint8_t>(checksum >> 8), static_cast<std::uint8_t>(checksum & 0xff)};
}

std::vector<PacketCase> checksums_of(bool v6) {
    const std::string family = v6 ? "IPv6: " : "IPv4: ";
    const Accounts& accounts = v6 ? kFlows6 : kFlows;
    const Bytes zeros{0, 0};
    const Bytes to_zero = payload_for_zero(tuned_out(v6, zeros), check_at(false, v6));
    const Bytes from_zero = payload_for_zero(tuned_in(v6, zeros), check_at(true, v6));
    const Bytes some{1, 2};
    const std::uint16_t right_in = at16(tuned_in(v6, some).bytes(), check_at(true, v6));
    const std::uint16_t right_out = at16(tuned_out(v6, some).bytes(), check_at(false, v6));
    return {
        {family + "none stays none", &kPlain, tuned_in(v6, some, 0),
         sends(tuned_out(v6, some, 0), accounts)},
        {family + "result of zero is sent as all ones", &kPlain, tuned_in(v6, to_zero),
         sends(tuned_out(v6, to_zero, 0xffff), accounts)},
        {family + "all ones becomes an ordinary sum", &kPlain, tuned_in(v6, from_zero, 0xffff),
         sends(tuned_out(v6, from_zero), accounts)},
        {family + "wrong stays as wrong as it was", &kPlain,
         tuned_in(v6, some, off_by(right_in, 0x1234)),
         sends(tuned_out(v6, some, off_by(right_out, 0x1234)), accounts)},
    };
}

std::vector<PacketCase> header_checksum() {
    const Packet out = delivered().ipv4({.src = kExporter, .dst = kCollector, .ttl = 63});
    const std::uint16_t right_in = at16(mirrored().ipv4().udp().payload(31).bytes(), 64 + 10);
    const std::uint16_t right_out = at16(out.udp().payload(31).bytes(), 14 + 10);
    return {{"wrong IPv4 header checksum stays as wrong as it was", &kPlain,
             mirrored().ipv4({.checksum = off_by(right_in, 0x4321)}).udp().payload(31),
             sends(delivered()
                       .ipv4({.src = kExporter,
                              .dst = kCollector,
                              .ttl = 63,
                              .checksum = off_by(right_out, 0x4321)})
                       .udp({.src = kExporterPort, .dst = kCollectorPort})
                       .payload(31),
                   kFlows)}};
}

std::vector<PacketCase> lengths() {
    const auto in = [](Mirrored outer, std::size_t payload) {
        return mirrored(outer).ipv4().udp().payload(payload);
    };
    // the inner IP packet holds 10 bytes more than its UDP header says
    const Udp in_short{.length = 8 + 22, .checksum = 0};
    Udp out_short = in_short;
    out_short.src = kExporterPort;
    out_short.dst = kCollectorPort;
    return {
        {"empty payload", &kPlain, in({}, 0), sends(delivered4(0), kFlows)},
        {"payload of one byte", &kPlain, in({}, 1), sends(delivered4(1), kFlows)},
        {"padding of the inner frame is stripped", &kPlain, in({.padding = 17}, 1),
         sends(delivered4(1), kFlows)},
        {"padding of the outer frame is stripped", &kPlain, in({}, 1).trailing(11),
         sends(delivered4(1), kFlows)},
        {"padding of both frames is stripped", &kPlain, in({.padding = 17}, 1).trailing(11),
         sends(delivered4(1), kFlows)},
        {"outer UDP ends before its IP packet", &kPlain,
         Packet()
             .eth()
             .ipv4()
             .udp({.length = 8 + 8 + 14 + 28 + 48, .checksum = 0})
             .vxlan()
             .eth({.padding = 9})
             .ipv4()
             .udp()
             .payload(48),
         sends(delivered4(), kFlows)},
        {"inner UDP ends before its IP packet", &kPlain,
         mirrored().ipv4().udp(in_short).payload(32),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                   .udp(out_short)
                   .payload(32),
               kFlows)},
        {"inner packet as large as the egress MTU", &kPlain, in({}, 1500 - 28),
         sends(delivered4(1500 - 28), kFlows)},
        {"inner IPv6 packet as large as the egress MTU", &kPlain, flow6(1500 - 48),
         sends(delivered6(1500 - 48), kFlows6)},
        {"truncation limit that cuts nothing", &kPlain, in({.packet_length = 14 + 28 + 48}, 48),
         sends(delivered4(), kFlows)},
        {"truncation that cuts only padding", &kPlain,
         in({.packet_length = 14 + 28 + 4, .padding = 14}, 4), sends(delivered4(4), kFlows)},
    };
}

INSTANTIATE_TEST_SUITE_P(Encapsulations, PacketTest, testing::ValuesIn(encapsulations()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(OuterHeaders, PacketTest, testing::ValuesIn(outer_headers()), test_name);
INSTANTIATE_TEST_SUITE_P(Untouched, PacketTest, testing::ValuesIn(untouched_fields()), test_name);
INSTANTIATE_TEST_SUITE_P(Checksums4, PacketTest, testing::ValuesIn(checksums_of(false)), test_name);
INSTANTIATE_TEST_SUITE_P(Checksums6, PacketTest, testing::ValuesIn(checksums_of(true)), test_name);
INSTANTIATE_TEST_SUITE_P(HeaderChecksum, PacketTest, testing::ValuesIn(header_checksum()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Lengths, PacketTest, testing::ValuesIn(lengths()), test_name);

}  // namespace
}  // namespace xdpmirror::test
