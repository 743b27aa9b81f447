// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The reference model by itself: sentences of docs/packets.md as frames, then sums that the model
// computes by one equation and this test by another.
#include "selftests/fuzzing/reference.h"

#include <gtest/gtest.h>

#include "selftests/fuzzing/frames.h"
#include "selftests/fuzzing/layers.h"
#include "selftests/fuzzing/rewrite.h"
#include "selftests/fuzzing/sums.h"

namespace xdpmirror::fuzz {
namespace {

using reference::Answer;
using reference::Node;
using reference::Reference;
using reference::Verdict;

IpAddress ip_of(const char* text) {
    return *IpAddress::parse(text);
}

Prefix prefix(const char* text) {
    return *Prefix::parse(text);
}

const IpAddress kSender = ip_of("10.0.1.10");
const IpAddress kNodeAddress = ip_of("10.0.2.20");
const IpAddress kNode6Address = ip_of("2001:db8:2::20");
const IpAddress kExporter = ip_of("192.168.10.1");
const IpAddress kCollector = ip_of("100.76.10.11");
const IpAddress kOld = ip_of("10.50.0.5");

constexpr std::uint32_t kVni = 4242;
constexpr std::uint16_t kVxlanPort = 4789;
constexpr std::uint16_t kGenevePort = 6081;

Config small_config() {
    Config config;
    Source core;
    core.name = "core";
    core.vni = kVni;
    core.from = {prefix("10.0.1.0/24"), prefix("2001:db8:1::/64")};
    config.sources = {core};
    Rule flows;
    flows.name = "flows";
    flows.match.port = PortRange{31756, 31756};
    flows.pool = "fdi";
    flows.port = 8081;
    config.rules = {flows};
    config.pools = {Pool{"fdi", {Collector{kCollector, 1, {}}}, "gcp", {}}};
    Egress gcp;
    gcp.name = "gcp";
    gcp.ways.emplace_back();
    config.egress = {gcp};
    return config;
}

// Every way in and every policy.
Config large_config() {
    Config config = small_config();
    config.sources[0].truncated_forward = true;
    Source geneve;
    geneve.name = "geneve";
    geneve.way = WayIn::geneve;
    geneve.from = {prefix("10.0.1.0/24")};
    geneve.other_pass = true;
    Source named = geneve;
    named.name = "named";
    named.vni = 7;
    named.from = {prefix("10.0.1.128/25")};
    named.other_pass = false;
    named.strict = true;
    named.checksum = Checksum::zero;
    Source plain;
    plain.name = "plain";
    plain.way = WayIn::plain;
    plain.to = {prefix("10.50.0.0/16")};
    plain.from = {prefix("192.168.0.0/16")};
    plain.checksum = Checksum::recompute;
    config.sources.insert(config.sources.end(), {geneve, named, plain});
    Rule tcp = config.rules[0];
    tcp.name = "tcp";
    tcp.match.port.reset();
    tcp.match.protocol = 6;
    Rule any = tcp;
    any.name = "any";
    any.match.protocol.reset();
    any.match.from = prefix("192.168.128.0/17");
    any.port.reset();
    config.rules.insert(config.rules.end(), {tcp, any});
    config.egress[0].fragment = true;
    return config;
}

Node node() {
    Node node;
    node.claimed = {kNodeAddress, kNode6Address};
    node.own = {kNodeAddress, ip_of("192.168.77.77")};
    node.ingress = *MacAddress::parse("02:00:00:01:02:20");
    node.kernel_route = true;
    node.ways = {
        {*MacAddress::parse("02:00:00:20:02:20"), *MacAddress::parse("02:00:00:20:00:01"), 1500}};
    return node;
}

struct Wrapped {
    std::uint32_t vni = kVni;
    std::uint8_t flags = 8;
    IpAddress sender = kSender;
    std::size_t cut = 0;
};

Bytes udp_packet(IpHeader header, const Upper& udp, const Bytes& payload) {
    header.protocol = udp.protocol;
    return ip(header, upper(udp, header.from, header.to, payload));
}

Bytes in_udp(const IpAddress& from, const IpAddress& to, std::uint16_t port, const Bytes& payload) {
    return udp_packet({.from = from, .to = to}, {.to_port = port, .checksum = 0}, payload);
}

Bytes mirror_of(const Bytes& packet, const Wrapped& how = {}) {
    Bytes frame = ethernet({}, packet);
    frame.resize(frame.size() - how.cut);
    return vxlan({.flags = how.flags, .vni = how.vni}, frame);
}

Bytes mirrored(const Bytes& packet, const Wrapped& how = {}) {
    return ethernet({}, in_udp(how.sender, kNodeAddress, kVxlanPort, mirror_of(packet, how)));
}

Bytes in_geneve(const Bytes& payload, const GeneveHeader& header = {}, IpAddress sender = kSender) {
    return ethernet({}, in_udp(sender, kNodeAddress, kGenevePort, geneve(header, payload)));
}

Bytes flow(std::size_t size = 48, IpHeader header = {.from = kExporter, .to = kOld}) {
    return udp_packet(std::move(header), {.to_port = 31756}, Bytes(size, 0x5a));
}

std::string ask(const Config& config, const Bytes& frame) {
    Reference reference(config, node());
    return reference.run(frame, {}).text();
}

bool starts_with(const std::string& text, const std::string& start) {
    return text.rfind(start, 0) == 0;
}

TEST(Reference, SendsAFlowWithNewAddressPortAndTtl) {
    Reference reference(small_config(), node());
    const Answer answer = reference.run(mirrored(flow()), {});
    EXPECT_EQ(answer.text(), "send source 0 rule 0 collector 0, 140 bytes in, 90 out");
    const Bytes want = ethernet({.to = node().ways[0].next_hop, .from = node().ways[0].from},
                                udp_packet({.from = kExporter, .to = kCollector, .ttl = 63},
                                           {.to_port = 8081}, Bytes(48, 0x5a)));
    EXPECT_EQ(answer.out, want);
}

TEST(Reference, AnswersBySentence) {
    const Config small = small_config();
    const Config large = large_config();
    const Bytes tcp = udp_packet({.from = kExporter, .to = kOld}, {.protocol = 6}, Bytes(5));
    const Bytes icmp =
        udp_packet({.from = ip_of("192.168.200.1"), .to = kOld}, {.protocol = 1}, {});
    Bytes padded = mirrored(flow());
    padded.resize(padded.size() + 30);
    Bytes third_tag = ethernet({.tags = {0x8100, 0x88a8, 0x8100}}, View(mirrored(flow())).from(14));
    struct Case {
        const char* name;
        const Config& config;
        Bytes frame;
        const char* want;
    } const cases[] = {
        {"padding does not count", small, padded, "send source 0 rule 0 collector 0, 140 bytes"},
        {"third tag", small, third_tag, "pass not_ours"},
        {"Geneve is not ours", small, in_geneve(flow()), "pass not_ours"},
        {"no I bit", small, mirrored(flow(), {.flags = 0}), "drop vxlan_no_vni,"},
        {"GPE of IP", small, mirrored(flow(), {.flags = 0xc}), "send +vxlan_reserved source 0"},
        {"VNI", small, mirrored(flow(), {.vni = 1}), "drop vni_unknown,"},
        {"sender", small, mirrored(flow(), {.sender = kOld}), "drop sender_not_allowed,"},
        {"cut", small, mirrored(flow(), {.cut = 1}), "drop inner_truncated source 0 truncated"},
        {"cut, sent", large, mirrored(flow(), {.cut = 1}), "send +truncated_forwarded source 0"},
        {"cut to the bone", large, mirrored(flow(), {.cut = 48 + 1}),
         "drop inner_truncated source 0"},
        {"TCP", small, mirrored(tcp), "drop inner_not_udp source 0,"},
        {"TCP allowed", large, mirrored(tcp), "send source 0 rule 1"},
        {"ICMP allowed", large, mirrored(icmp), "send source 0 rule 2"},
        {"cut TCP", large, mirrored(tcp, {.cut = 1}), "drop inner_truncated source 0"},
        {"martian", small, mirrored(flow(1, {.from = ip_of("127.0.0.9"), .to = kOld})),
         "drop inner_source_invalid source 0"},
        {"own", small, mirrored(flow(1, {.from = ip_of("192.168.77.77"), .to = kOld})),
         "drop loop source 0,"},
        {"nested", small, mirrored(in_udp(kExporter, kOld, kVxlanPort, {})),
         "drop nested_tunnel source 0,"},
        {"Geneve port without Geneve", small, mirrored(in_udp(kExporter, kOld, kGenevePort, {})),
         "drop no_rule source 0,"},
        {"TTL", small, mirrored(flow(1, {.from = kExporter, .to = kOld, .ttl = 1})),
         "drop ttl_expired source 0 rule 0,"},
        {"oversize", small, mirrored(flow(1500)), "drop egress_oversize source 0 rule 0,"},
        {"oversize for the kernel", large, mirrored(flow(1500)),
         "to_kernel +oversize_fragmented source 0 rule 0 collector 0"},
        {"Geneve mirror", large, in_geneve(in_udp(kOld, kOld, kVxlanPort, mirror_of(flow()))),
         "send source 1 rule 0"},
        {"Geneve mirror of a named VNI", large,
         in_geneve(in_udp(kOld, kOld, kVxlanPort, mirror_of(flow(), {.vni = 7}))),
         "drop sender_not_allowed,"},
        {"Geneve strict", large,
         in_geneve(in_udp(kOld, kOld, kVxlanPort, mirror_of(flow(), {.vni = 7, .flags = 9})), {},
                   ip_of("10.0.1.200")),
         "drop vxlan_reserved source 2,"},
        {"Geneve of something else", large, in_geneve(flow()), "pass geneve_not_mirror"},
        {"Geneve of something else, refused", large, in_geneve(flow(), {}, ip_of("10.0.1.200")),
         "drop geneve_not_mirror source 2,"},
        {"Geneve options beyond", large, in_geneve({}, {.option_words = 1}),
         "drop geneve_malformed,"},
        {"Geneve version", large, in_geneve(flow(), {.version = 1}), "drop geneve_malformed,"},
        {"plain", large, ethernet({.tags = {0x8100}}, flow()),
         "send source 3 rule 0 collector 0, 94"},
        {"plain for others", large, ethernet({}, in_udp(kExporter, kSender, 31756, {})),
         "pass not_ours"},
        {"plain from others", large, ethernet({}, in_udp(kSender, kOld, 31756, {})),
         "pass not_ours"},
    };
    for (const Case& one : cases) {
        const std::string got = ask(one.config, one.frame);
        EXPECT_TRUE(starts_with(got, one.want)) << one.name << ": " << got;
    }
}

TEST(Reference, LaterFragmentsFollowTheirFirstForFiveSeconds) {
    Reference reference(small_config(), node());
    const Bytes segment = upper({.to_port = 31756}, kExporter, kOld, Bytes(40, 1));
    const IpHeader header{.from = kExporter, .to = kOld, .id = 9};
    IpHeader first = header;
    first.more = true;
    IpHeader later = header;
    later.offset = 2;
    const Bytes one = mirrored(ip(first, View(segment).first(16)));
    const Bytes two = mirrored(ip(later, View(segment).from(16)));
    const auto seconds = [](int n) { return std::chrono::seconds(n); };
    EXPECT_TRUE(starts_with(reference.run(two, seconds(1)).text(), "drop fragment_no_first"));
    EXPECT_TRUE(starts_with(reference.run(one, seconds(2)).text(), "send +fragment_first"));
    EXPECT_TRUE(starts_with(reference.run(two, seconds(7)).text(), "send +fragment_later"));
    EXPECT_TRUE(starts_with(reference.run(two, seconds(8)).text(), "drop fragment_no_first"));
}

TEST(Sums, AreThoseOfRfc1624) {
    // its section 4: with equation 3, 0xDD2F and 0x5555 for 0x3285 make 0
    EXPECT_EQ(reference::ChangedSum(0xdd2f).word(0x5555, 0x3285).checksum(), 0);
}

// Sum over everything a checksum covers, with it: says how wrong it is, 0xffff if it is right.
std::uint16_t header_error(const Bytes& packet) {
    return reference::Sum().bytes(View(packet).first(4U * (packet[0] & 0xf))).folded();
}

std::uint16_t same(std::uint16_t sum) {
    return sum == 0xffff ? 0 : sum;
}

std::uint16_t upper_error(const Bytes& packet, std::uint8_t protocol) {
    const bool v4 = packet[0] >> 4 == 4;
    const std::size_t header = v4 ? 4U * (packet[0] & 0xf) : 40;
    reference::Sum sum;
    sum.bytes(View(packet).from(v4 ? 12 : 8).first(v4 ? 8 : 32));
    sum.word(protocol).word(static_cast<std::uint16_t>(packet.size() - header));
    return sum.bytes(View(packet).from(header)).folded();
}

TEST(Sums, StayExactlyAsWrongAsTheyWere) {
    Dice dice(7);
    const std::uint8_t protocols[] = {6, 17, 33, 58, 136};
    for (int i = 0; i < 20000; i++) {
        const bool v6 = i % 2 == 0;
        const std::uint8_t protocol = protocols[dice.below(5)];
        const IpAddress old = dice.address(Prefix::all(v6 ? Family::ipv6 : Family::ipv4));
        IpHeader header{.from = v6 ? kNode6Address : kExporter, .to = old, .protocol = protocol};
        header.id = dice.word();
        if (dice.one_in(2)) header.checksum = dice.word();
        Upper up{.protocol = protocol, .to_port = dice.word()};
        if (dice.one_in(2)) up.checksum = dice.word();
        const Bytes packet = udp_packet(header, up, dice.bytes(dice.below(30)));
        const Bytes frame =
            ethernet({.type = v6 ? std::uint16_t{0x86dd} : std::uint16_t{0x0800}}, packet);
        reference::Inner held{View(frame)};
        held.walk_headers();
        held.read_upper(true);
        const IpAddress to = v6 ? ip_of("2001:db8:fd1::11") : kCollector;
        const Bytes out = reference::rewritten(held, {to, dice.word(), Checksum::update, false});
        if (!v6) {
            ASSERT_EQ(same(header_error(packet)), same(header_error(out)));
        }
        const bool has_sum = checksum_offset(protocol, header.from.family).has_value();
        const bool is_none = protocol == 17 && up.checksum == 0;
        if (has_sum && !is_none) {
            ASSERT_EQ(same(upper_error(packet, protocol)), same(upper_error(out, protocol))) << i;
        }
    }
}

// Frames are what they are because of the seed alone, and every reason comes up among them.
TEST(Frames, ReachEveryReason) {
    std::set<std::string> seen{
        // for these the configurations are too small
        "none",     "no_collector",         "egress_missing",   "egress_rejected",
        "internal", "exporter_not_allowed", "oversize_no_route"};
    const Node machine = node();
    for (const Config& config : {small_config(), large_config()}) {
        Frames frames(1, config, machine);
        Frames again(1, config, machine);
        Reference reference(config, machine);
        for (int i = 0; i < 40000; i++) {
            const Frame frame = frames.next();
            ASSERT_EQ(frame, again.next());
            const Answer answer =
                reference.run(frame.bytes, std::chrono::microseconds(20) * i, frame.present);
            if (answer.verdict == Verdict::drop) seen.insert(answer.reason());
        }
    }
#define XM_AS_LABEL(id, label, text) #label,
    for (const std::string label : {XM_DROP_REASONS(XM_AS_LABEL)})
        EXPECT_TRUE(seen.count(label)) << label;
#undef XM_AS_LABEL
}

}  // namespace
}  // namespace xdpmirror::fuzz
