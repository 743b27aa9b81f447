// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who may send: VNI and the longest outer prefix name the source, for few prefixes (in the VNI's
// own row), for many (in the trie) and for IPv6.
#include <algorithm>
#include <random>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

// What every profile here has behind its sources.
#define XM_TO_FDI                                                            \
    "rules:\n"                                                               \
    "  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}\n" \
    "pools:\n"                                                               \
    "  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}\n"             \
    "egress:\n"                                                              \
    "  gcp: {interface: lo, next_hop: \"02:00:00:20:00:01\"}\n"

const Setup kEverybody{
    "version: 1\n"
    "sources:\n"
    "  - {name: open, vxlan: {vni: 0}}\n"
    "  - {name: top, vxlan: {vni: 16777215}}\n" XM_TO_FDI};

// At most as many prefixes as stand in the VNI's own row; the longest is neither first nor last.
const Setup kFew{
    "version: 1\n"
    "sources:\n"
    "  - {name: region, vxlan: {vni: 7}, from: [10.0.0.0/8]}\n"
    "  - {name: host, vxlan: {vni: 7}, from: [10.1.2.3]}\n"
    "  - {name: zone, vxlan: {vni: 7}, from: [10.1.0.0/16, 172.16.0.0/12]}\n"
    "  - {name: other, vxlan: {vni: 8}, from: [10.1.2.0/24]}\n" XM_TO_FDI};

const Setup kMany{
    "version: 1\n"
    "sources:\n"
    "  - {name: region, vxlan: {vni: 7}, from: [10.0.0.0/8, 192.0.2.0/24]}\n"
    "  - {name: host, vxlan: {vni: 7}, from: [10.1.2.3, 198.51.100.1]}\n"
    "  - {name: zone, vxlan: {vni: 7}, from: [10.1.0.0/16, 172.16.0.0/12]}\n"
    "  - {name: other, vxlan: {vni: 8}, from: [10.1.2.0/24]}\n" XM_TO_FDI};

const Setup kSix{
    "version: 1\n"
    "sources:\n"
    "  - {name: region, vxlan: {vni: 7}, from: [\"2001:db8::/32\", 10.0.0.0/8]}\n"
    "  - {name: host, vxlan: {vni: 7}, from: [\"2001:db8:1:2::3\"]}\n"
    "  - {name: zone, vxlan: {vni: 7}, from: [\"2001:db8:1::/48\"]}\n"
    "  - {name: other, vxlan: {vni: 8}, from: [\"2001:db8:1:2::/64\"]}\n"
    "  - {name: four, vxlan: {vni: 9}, from: [0.0.0.0/0]}\n"
    "  - {name: six, vxlan: {vni: 10}, from: [\"::/0\"]}\n" XM_TO_FDI};

// IPv4 and IPv6 senders of one VNI side by side in the trie.
const Setup kBoth{
    "version: 1\n"
    "sources:\n"
    "  - {name: four, vxlan: {vni: 7}, from: [10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24, "
    "10.0.3.0/24, 10.0.4.0/24]}\n"
    "  - {name: six, vxlan: {vni: 7}, from: [\"2001:db8::/32\"]}\n"
    "  - {name: all4, vxlan: {vni: 8}, from: [10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24, "
    "10.0.3.0/24, 10.0.4.0/24]}\n"
    "  - {name: all6, vxlan: {vni: 8}, from: [\"::/0\"]}\n" XM_TO_FDI};

Packet from(std::uint32_t vni, IpAddress sender) {
    return mirrored({.vni = vni, .from = sender}).ipv4().udp().payload(48);
}

Want admitted(const char* source) {
    return sends(delivered4(), {source, "flows", kFdi});
}
const Want kUnknownVni = drops(XM_DROP_VNI_UNKNOWN);
const Want kRefused = drops(XM_DROP_SENDER_NOT_ALLOWED);

std::vector<PacketCase> plain_admission() {
    return {
        {"unknown VNI", &kPlain, from(77, kMirror), kUnknownVni},
        {"VNI next to a known one", &kPlain, from(kVni + 1, kMirror), kUnknownVni},
        {"VNI that is known in the low bits only", &kPlain, from(kVni | 0x800000, kMirror),
         kUnknownVni},
        {"unknown VNI over IPv6", &kPlain, from(77, kMirror6), kUnknownVni},
        {"stranger", &kPlain, from(kVni, kStranger), kRefused},
        {"IPv6 stranger", &kPlain, from(kVni, kStranger6), kRefused},
        {"neighbour of the prefix", &kPlain, from(kVni, ip4(10, 0, 2, 0)), kRefused},
        {"first address of the prefix", &kPlain, from(kVni, ip4(10, 0, 1, 0)),
         sends(delivered4(), kFlows)},
        {"last address of the prefix", &kPlain, from(kVni, ip4(10, 0, 1, 255)),
         sends(delivered4(), kFlows)},
        {"everybody, VNI 0", &kEverybody, from(0, kStranger), admitted("open")},
        {"everybody over IPv6, VNI 0", &kEverybody, from(0, kStranger6), admitted("open")},
        {"everybody, largest VNI", &kEverybody, from(0xffffff, ip4(0, 0, 0, 0)), admitted("top")},
        {"everybody, broadcast sender", &kEverybody, from(0xffffff, ip4(255, 255, 255, 255)),
         admitted("top")},
    };
}

std::vector<PacketCase> longest_prefix(const std::string& prefix, const Setup* setup) {
    const auto with = [&](const char* name, std::uint32_t vni, IpAddress sender, Want want) {
        return PacketCase{prefix + name, setup, from(vni, sender), std::move(want)};
    };
    return {
        with("host", 7, ip4(10, 1, 2, 3), admitted("host")),
        with("beside the host", 7, ip4(10, 1, 2, 4), admitted("zone")),
        with("beside the zone", 7, ip4(10, 2, 2, 3), admitted("region")),
        with("second prefix of the zone", 7, ip4(172, 31, 255, 255), admitted("zone")),
        with("beyond the second prefix", 7, ip4(172, 32, 0, 0), kRefused),
        with("in no prefix", 7, ip4(11, 0, 0, 1), kRefused),
        with("the same sender with another VNI", 8, ip4(10, 1, 2, 3), admitted("other")),
        with("allowed for another VNI only", 8, ip4(10, 1, 3, 3), kRefused),
        with("IPv6 where only IPv4 may", 7, kMirror6, kRefused),
    };
}

std::vector<PacketCase> ipv6_senders() {
    const auto address = [](std::uint16_t third, std::uint16_t fourth, std::uint16_t last) {
        return ip6({0x2001, 0xdb8, third, fourth, 0, 0, 0, last});
    };
    // the trie keeps IPv4 senders as ::ffff:a.b.c.d: an IPv6 sender must not pass as one
    const IpAddress mapped = ip6({0, 0, 0, 0, 0, 0xffff, 0x0a00, 0x010a});
    return {
        {"IPv6 host", &kSix, from(7, address(1, 2, 3)), admitted("host")},
        {"beside the IPv6 host", &kSix, from(7, address(1, 2, 4)), admitted("zone")},
        {"beside the IPv6 zone", &kSix, from(7, address(2, 2, 3)), admitted("region")},
        {"IPv4 sender of a source with both", &kSix, from(7, kMirror), admitted("region")},
        {"IPv6 sender in no prefix", &kSix, from(7, ip6({0x2001, 0xdb9, 1, 2, 0, 0, 0, 3})),
         kRefused},
        {"the same IPv6 sender with another VNI", &kSix, from(8, address(1, 2, 3)),
         admitted("other")},
        {"IPv6 sender allowed for another VNI only", &kSix, from(8, address(1, 3, 3)), kRefused},
        {"IPv6 sender where every IPv4 sender may", &kSix, from(9, address(1, 2, 3)), kRefused},
        {"IPv4 sender where every IPv6 sender may", &kSix, from(10, kMirror), kRefused},
        {"IPv6 sender where every IPv6 sender may", &kSix, from(10, kStranger6), admitted("six")},
        {"IPv4-mapped IPv6 sender", &kSix, from(7, mapped), kRefused},
        {"IPv4-mapped IPv6 sender where IPv4 is in the trie", &kMany, from(7, mapped), kRefused},
        {"IPv4 sender beside IPv6 senders in the trie", &kBoth, from(7, kMirror), admitted("four")},
        {"IPv6 sender beside IPv4 senders in the trie", &kBoth, from(7, kMirror6), admitted("six")},
        {"IPv4-mapped IPv6 sender beside IPv4 senders in the trie", &kBoth, from(7, mapped),
         kRefused},
        {"IPv4 stranger where every IPv6 sender may", &kBoth, from(8, kStranger), kRefused},
        {"IPv6 stranger where every IPv6 sender may", &kBoth, from(8, kStranger6),
         admitted("all6")},
        {"IPv4-mapped IPv6 sender where every IPv4 sender may", &kSix, from(9, mapped), kRefused},
    };
}

INSTANTIATE_TEST_SUITE_P(Admission, PacketTest, testing::ValuesIn(plain_admission()), test_name);
INSTANTIATE_TEST_SUITE_P(FewSenders, PacketTest, testing::ValuesIn(longest_prefix("few: ", &kFew)),
                         test_name);
INSTANTIATE_TEST_SUITE_P(ManySenders, PacketTest,
                         testing::ValuesIn(longest_prefix("many: ", &kMany)), test_name);
INSTANTIATE_TEST_SUITE_P(Ipv6Senders, PacketTest, testing::ValuesIn(ipv6_senders()), test_name);

// Against a model: the longest prefix among the sources with this VNI.
const Source* model_admit(const Config& config, std::uint32_t vni, const IpAddress& sender) {
    const Prefix host{sender, static_cast<std::uint8_t>(sender.family == Family::ipv4 ? 32 : 128)};
    const Source* best = nullptr;
    int best_length = -1;
    for (const Source& source : config.sources) {
        if (source.vni != vni) continue;
        for (const Prefix& prefix : source.from) {
            if (!prefix.contains(host) || prefix.length <= best_length) continue;
            best = &source;
            best_length = prefix.length;
        }
    }
    return best;
}

// Addresses from a small space, so that prefixes nest and packets hit them.
IpAddress small_address(std::mt19937& random, bool v6) {
    const auto byte = [&] { return static_cast<std::uint8_t>(random() % 4); };
    if (!v6) return ip4(10, byte(), byte(), byte());
    return ip6({0x2001, 0xdb8, byte(), byte(), 0, 0, 0, byte()});
}

Prefix masked(IpAddress address, std::uint8_t length) {
    for (unsigned bit = length; bit < (address.family == Family::ipv4 ? 32U : 128U); bit++)
        address.bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    return {address, length};
}

Config random_sources(std::mt19937& random) {
    Config config;
    const auto sources = 1 + random() % 6;
    std::vector<std::pair<std::uint32_t, Prefix>> taken;  // a prefix belongs to one source of a VNI
    for (std::size_t i = 0; i < sources; i++) {
        Source source;
        source.name = "s" + std::to_string(i);
        source.vni = static_cast<std::uint32_t>(random() % 2);
        for (std::size_t j = 0; j < 4; j++) {
            const bool v6 = random() % 3 == 0;
            const auto length = static_cast<std::uint8_t>(v6 ? random() % 129 : random() % 33);
            const Prefix prefix = masked(small_address(random, v6), length);
            const std::pair key{*source.vni, prefix};
            if (std::find(taken.begin(), taken.end(), key) != taken.end()) continue;
            taken.push_back(key);
            source.from.push_back(prefix);
        }
        if (!source.from.empty()) config.sources.push_back(std::move(source));
    }
    config.rules.push_back(
        {.name = "flows", .match = {}, .pool = "fdi", .port = kCollectorPort, .position = {}});
    config.pools.push_back({"fdi", {{kCollector, 1, {}}}, "gcp", {}});
    Egress egress;
    egress.name = "gcp";
    egress.ways.push_back({.interface = "lo", .next_hop = kNextHopMac});
    config.egress.push_back(std::move(egress));
    return config;
}

TEST(RandomSenders, AreAdmittedAsTheLongestPrefixSays) {
    std::mt19937 random(20240501);
    std::size_t admitted_count = 0, refused_count = 0;
    for (int round = 0; round < 20; round++) {
        const Config config = random_sources(random);
        auto rig = Rig::make(config);
        ASSERT_TRUE(rig) << rig.error().what;
        for (int i = 0; i < 100; i++) {
            const std::uint32_t vni = static_cast<std::uint32_t>(random() % 2);
            const IpAddress sender = small_address(random, random() % 3 == 0);
            const Source* source = model_admit(config, vni, sender);
            const bool known = std::any_of(config.sources.begin(), config.sources.end(),
                                           [&](const Source& s) { return s.vni == vni; });
            const Want want = source  ? admitted(source->name.c_str())
                              : known ? kRefused
                                      : kUnknownVni;
            (source ? admitted_count : refused_count)++;
            ASSERT_TRUE(behaves(*rig, from(vni, sender), want))
                << "round " << round << ", vni " << vni << ", sender " << sender.text();
        }
    }
    EXPECT_GT(admitted_count, 200U);  // else the space is too wide to prove anything
    EXPECT_GT(refused_count, 200U);
}

}  // namespace
}  // namespace xdpmirror::test
