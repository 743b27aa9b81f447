// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Configurations and the exact rows that they become, byte for byte.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "config/port_classes.h"
#include "support.h"

namespace xdpmirror::test {
namespace {

Plan plan_of(const Config& config) {
    auto plan = make_plan(config);

    if (!plan) {
        ADD_FAILURE() << plan.error().what;
        return {};
    }
    return *std::move(plan);
}

Plan plan_of_text(const std::map<int, std::string>& lines) {
    return plan_of(parse_good(profile_with(lines)).config);
}

__be32 be32(const std::string& text) {
    in_addr out{};

    EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &out), 1) << text;
    return out.s_addr;
}

template <class T>
bool same_bytes(const T& a, const T& b) {
    return std::memcmp(&a, &b, sizeof(a)) == 0;
}

TEST(Plan, SmallestProfile) {
    const Plan plan = plan_of_text({});

    EXPECT_EQ(plan.config.features, std::uint32_t{XM_FEATURE_VXLAN});
    EXPECT_EQ(plan.config.vxlan_port, htons(4789));
    EXPECT_EQ(plan.config.geneve_port, 0U);
    ASSERT_EQ(plan.sources.size(), 1U);
    EXPECT_EQ(plan.sources[0].policy, 0U);
    EXPECT_TRUE(plan.exporters.empty());
    EXPECT_EQ(plan.config.local4_count, 0U);
    EXPECT_EQ(plan.config.local6_count, 0U);

    ASSERT_EQ(plan.vnis.size(), 1U);
    EXPECT_EQ(plan.vnis[0].first, 1U);
    const xm_sender4 unused = {.addr = 0xffffffff, .mask = 0, .source = XM_NO_ROW};
    const xm_vni vni = {
        .vni = 1,
        .sender = {{be32("10.0.0.0"), be32("255.0.0.0"), 0}, unused, unused, unused},
        .sender_count = 1,
        .lpm4 = 0,
        .lpm6 = 0,
        .pad = {}};
    EXPECT_TRUE(same_bytes(plan.vnis[0].second, vni));
    EXPECT_TRUE(plan.senders.empty());
    EXPECT_TRUE(plan.port_classes.empty());

    // Without a prefix the rule is for both families.
    const xm_rule row = {.rank = 0, .book = 0, .pool = 0, .udp_port = htons(2000), .flags = 0, .pad = 0};
    ASSERT_EQ(plan.rules4.size(), 1U);
    const xm_rule_key4 key4 = {
        .from = 0, .to = 0, .vni = 0, .port = 1000, .protocol = IPPROTO_UDP, .shape = 0};
    EXPECT_TRUE(same_bytes(plan.rules4[0].first, key4));
    EXPECT_TRUE(same_bytes(plan.rules4[0].second, row));
    ASSERT_EQ(plan.rules6.size(), 1U);
    const xm_rule_key6 key6 = {
        .from = {}, .to = {}, .vni = 0, .port = 1000, .protocol = IPPROTO_UDP, .shape = 0};
    EXPECT_TRUE(same_bytes(plan.rules6[0].first, key6));
    EXPECT_TRUE(same_bytes(plan.rules6[0].second, row));

    ASSERT_EQ(plan.config.shape4_count, 1U);
    const xm_shape4 shape4 = {.from_mask = 0,
                              .to_mask = 0,
                              .vni_mask = 0,
                              .best_rank = 0,
                              .protocol_mask = 0xff,
                              .port_kind = XM_PORT_EXACT,
                              .pad = {}};
    EXPECT_TRUE(same_bytes(plan.config.shape4[0], shape4));
    ASSERT_EQ(plan.config.shape6_count, 1U);
    EXPECT_EQ(plan.config.shape6[0].port_kind, XM_PORT_EXACT);

    ASSERT_EQ(plan.pools.size(), 1U);
    const xm_pool pool = {.collector = 0, .slot_base = 0, .slot_count = 0, .balance = 0};
    EXPECT_TRUE(same_bytes(plan.pools[0], pool));
    ASSERT_EQ(plan.collectors.size(), 1U);
    const xm_collector collector = {.addr = {be32("192.0.2.1"), 0, 0, 0},
                                    .next_hop = XM_NO_ROW,
                                    .book = 0,
                                    .family = XM_IPV4,
                                    .pad = {}};
    EXPECT_TRUE(same_bytes(plan.collectors[0].row, collector));
    EXPECT_EQ(plan.collectors[0].label, "p/192.0.2.1");
    EXPECT_EQ(plan.collectors[0].egress, 0U);
}

TEST(Plan, PoolsAndCollectorsKeepTheOrderOfTheProfile) {
    const Plan plan = plan_of_text(
        {{5, "  - {name: r, send: {to: q}}\n  - {name: s, match: {port: 1}, send: {to: p}}"},
         {7,
          "  q: {collectors: [{address: '2001:db8::1'}], via: f}\n"
          "  p: {collectors: [{address: 192.0.2.1}], via: e}"},
         {9, "  e: {interface: eth1}\n  f: {interface: eth2}"}});

    ASSERT_EQ(plan.collectors.size(), 2U);
    EXPECT_EQ(plan.collectors[0].label, "q/2001:db8::1");
    EXPECT_EQ(plan.collectors[0].egress, 1U);
    EXPECT_EQ(plan.collectors[0].row.family, XM_IPV6);
    EXPECT_EQ(plan.collectors[0].row.addr[0], htonl(0x20010db8));
    EXPECT_EQ(plan.collectors[0].row.addr[3], htonl(1));
    EXPECT_EQ(plan.collectors[1].egress, 0U);
    EXPECT_EQ(plan.collectors[1].row.book, 1U);
    EXPECT_EQ(plan.pools[1].collector, 1U);
    EXPECT_EQ(plan.rules4[0].second.pool, 0U);
    EXPECT_EQ(plan.rules4[0].second.udp_port, 0) << "no port: keep the packet's";
    EXPECT_EQ(plan.rules4[1].second.pool, 1U);
}

TEST(Plan, InlineSendersOfAVniComeLongestFirstFromAllItsSources) {
    const Plan plan =
        plan_of_text({{3,
                       "  - {name: wide, vxlan: {vni: 7}, from: [10.0.0.0/8, 172.16.0.0/12]}\n"
                       "  - {name: other, vxlan: {vni: 5}, from: [0.0.0.0/0]}\n"
                       "  - {name: narrow, vxlan: {vni: 7}, from: [10.1.2.3, 10.1.0.0/16]}"}});

    ASSERT_EQ(plan.vnis.size(), 2U);
    EXPECT_EQ(plan.vnis[0].first, 5U);
    EXPECT_EQ(plan.vnis[0].second.sender[0].mask, 0U);
    EXPECT_EQ(plan.vnis[0].second.sender[0].addr, 0U);
    EXPECT_EQ(plan.vnis[0].second.sender[0].source, 1U);
    const xm_vni row = {.vni = 7,
                        .sender = {{be32("10.1.2.3"), be32("255.255.255.255"), 2},
                                   {be32("10.1.0.0"), be32("255.255.0.0"), 2},
                                   {be32("172.16.0.0"), be32("255.240.0.0"), 0},
                                   {be32("10.0.0.0"), be32("255.0.0.0"), 0}},
                        .sender_count = 4,
                        .lpm4 = 0,
                        .lpm6 = 0,
                        .pad = {}};
    EXPECT_EQ(plan.vnis[1].first, 7U);
    EXPECT_TRUE(same_bytes(plan.vnis[1].second, row));
    EXPECT_EQ(plan.config.features, std::uint32_t{XM_FEATURE_VXLAN});
}

TEST(Plan, FiveIpv4SendersOfAVniGoToTheTrie) {
    const Plan plan = plan_of_text({{3,
                                     "  - {name: a, vxlan: {vni: 9}, from: [10.0.0.0/8, "
                                     "11.0.0.0/8, 12.0.0.0/8, 13.0.0.0/8, 14.1.2.3]}\n"
                                     "  - {name: b, vxlan: {vni: 1}, from: [10.0.0.0/8]}"}});

    EXPECT_EQ(plan.config.features, std::uint32_t{XM_FEATURE_SENDER_LPM | XM_FEATURE_VXLAN});
    ASSERT_EQ(plan.vnis.size(), 2U);
    EXPECT_EQ(plan.vnis[0].second.lpm4, 0) << "the other VNI stays inline";
    EXPECT_EQ(plan.vnis[0].second.sender_count, 1U);
    EXPECT_EQ(plan.vnis[1].second.lpm4, 1);
    EXPECT_EQ(plan.vnis[1].second.lpm6, 0);
    EXPECT_EQ(plan.vnis[1].second.sender_count, 0U);
    for (const xm_sender4& sender : plan.vnis[1].second.sender) {
        EXPECT_EQ(sender.addr, 0xffffffffU);
        EXPECT_EQ(sender.mask, 0U);
    }
    ASSERT_EQ(plan.senders.size(), 5U);
    const xm_sender_key key = {.prefix_bits = 32 + 96 + 8,
                               .vni = htonl(9),
                               .addr = {0, 0, htonl(0xffff), be32("10.0.0.0")}};
    EXPECT_TRUE(same_bytes(plan.senders[0].first, key));
    EXPECT_EQ(plan.senders[0].second.source, 0U);
    EXPECT_EQ(plan.senders[4].first.prefix_bits, 32U + 96 + 32);
}

TEST(Plan, Ipv6SendersAreAlwaysInTheTrie) {
    const Plan plan =
        plan_of_text({{3, "  - {name: a, vxlan: {vni: 9}, from: ['2001:db8::/32', 10.0.0.0/8]}"}});

    EXPECT_EQ(plan.vnis[0].second.lpm4, 0);
    EXPECT_EQ(plan.vnis[0].second.lpm6, 1);
    EXPECT_EQ(plan.vnis[0].second.sender_count, 1U);
    ASSERT_EQ(plan.senders.size(), 1U);
    const xm_sender_key key = {
        .prefix_bits = 32 + 32, .vni = htonl(9), .addr = {htonl(0x20010db8), 0, 0, 0}};
    EXPECT_TRUE(same_bytes(plan.senders[0].first, key));
}

// In the trie IPv4 lies inside ::/0.
TEST(Plan, AnOpenIpv6PrefixDoesNotAdmitIpv4) {
    const std::string five = "10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8, 13.0.0.0/8, ";
    const auto barrier = [](const Plan& plan) -> const xm_sender* {
        for (const auto& [key, row] : plan.senders) {
            if (key.prefix_bits == 32 + 96 && key.addr[2] == htonl(0xffff)) {
                return &row;
            }
        }
        return nullptr;
    };
    const auto with = [&](const std::string& from) {
        return plan_of_text({{3, "  - {name: a, vxlan: {vni: 9}, from: [" + from + "]}"}});
    };

    const Plan open = with(five + "14.0.0.0/8, '::/0'");
    ASSERT_TRUE(barrier(open));
    EXPECT_EQ(barrier(open)->source, XM_NO_ROW);
    const Plan everybody = with(five + "0.0.0.0/0, '::/0'");
    ASSERT_TRUE(barrier(everybody));
    EXPECT_EQ(barrier(everybody)->source, 0U) << "all of IPv4 is admitted here";
    EXPECT_FALSE(barrier(with(five + "14.0.0.0/8, '2001:db8::/32'"))) << "not needed";
    EXPECT_FALSE(barrier(with("10.0.0.0/8, '::/0'"))) << "IPv4 is inline";
}

TEST(Plan, ShapesAreSortedByTheirBestRank) {
    const Plan plan = plan_of_text(
        {{5,
          "  - {name: r0, match: {vni: 1, from: 10.1.0.0/16, port: 5}, send: {to: p}}\n"
          "  - {name: r1, match: {to: 192.0.2.0/24}, send: {to: p}}\n"
          "  - {name: r2, match: {vni: 1, from: 10.2.0.0/16, port: 6}, send: {to: p}}\n"
          "  - {name: r3, match: {from: '2001:db8::/32', port: 7}, send: {to: p}}\n"
          "  - {name: r4, send: {to: p}}"}});

    ASSERT_EQ(plan.config.shape4_count, 3U);
    const xm_shape4 first = {.from_mask = be32("255.255.0.0"),
                             .to_mask = 0,
                             .vni_mask = 0xffffffff,
                             .best_rank = 0,
                             .protocol_mask = 0xff,
                             .port_kind = XM_PORT_EXACT,
                             .pad = {}};
    const xm_shape4 second = {.from_mask = 0,
                              .to_mask = be32("255.255.255.0"),
                              .vni_mask = 0,
                              .best_rank = 1,
                              .protocol_mask = 0xff,
                              .port_kind = XM_PORT_ANY,
                              .pad = {}};
    const xm_shape4 third = {.from_mask = 0,
                             .to_mask = 0,
                             .vni_mask = 0,
                             .best_rank = 4,
                             .protocol_mask = 0xff,
                             .port_kind = XM_PORT_ANY,
                             .pad = {}};
    EXPECT_TRUE(same_bytes(plan.config.shape4[0], first));
    EXPECT_TRUE(same_bytes(plan.config.shape4[1], second));
    EXPECT_TRUE(same_bytes(plan.config.shape4[2], third));
    ASSERT_EQ(plan.rules4.size(), 4U);
    const xm_rule_key4 key = {.from = be32("10.2.0.0"),
                              .to = 0,
                              .vni = 1,
                              .port = 6,
                              .protocol = IPPROTO_UDP,
                              .shape = 0};
    EXPECT_TRUE(same_bytes(plan.rules4[2].first, key));
    EXPECT_EQ(plan.rules4[2].second.rank, 2U);
    EXPECT_EQ(plan.rules4[2].second.book, 2U);

    ASSERT_EQ(plan.config.shape6_count, 2U);
    EXPECT_EQ(plan.config.shape6[0].from_mask[0], 0xffffffffU);
    EXPECT_EQ(plan.config.shape6[0].from_mask[1], 0U);
    EXPECT_EQ(plan.config.shape6[0].best_rank, 3U);
    EXPECT_EQ(plan.config.shape6[1].best_rank, 4U);
}

TEST(Plan, OfTwoRulesWithOneKeyTheFirstWins) {
    const Plan plan =
        plan_of_text({{5,
                       "  - {name: r, match: {protocol: udp, port: 5}, send: {to: p, port: 1}}\n"
                       "  - {name: s, match: {port: 5-5}, send: {to: p, port: 2}}"}});

    ASSERT_EQ(plan.rules4.size(), 1U) << "UDP is the only protocol, and 5-5 is 5";
    EXPECT_EQ(plan.rules4[0].second.rank, 0U);
}

TEST(Plan, RangesAreCutAtEachOthersBorders) {
    const Plan plan = plan_of_text({{5,
                                     "  - {name: r, match: {port: 10-20}, send: {to: p}}\n"
                                     "  - {name: s, match: {port: 15-30}, send: {to: p}}\n"
                                     "  - {name: t, match: {port: 40-41}, send: {to: p}}"}});

    EXPECT_EQ(plan.config.features, std::uint32_t{XM_FEATURE_PORT_RANGES | XM_FEATURE_VXLAN});
    ASSERT_EQ(plan.port_classes.size(), 65536U);
    const std::pair<int, std::uint32_t> cases[] = {{0, 0},  {9, 0},  {10, 1}, {14, 1},   {15, 2},
                                                   {20, 2}, {21, 3}, {30, 3}, {31, 0},   {39, 0},
                                                   {40, 4}, {41, 4}, {42, 0}, {65535, 0}};
    for (const auto& [port, id] : cases) {
        EXPECT_EQ(plan.port_classes[static_cast<std::size_t>(port)].class_id, id) << port;
    }
    std::vector<std::pair<int, std::uint32_t>> rows;
    for (const auto& [key, row] : plan.rules4) {
        rows.emplace_back(key.port, row.rank);
    }
    // Class 2 is in the first two ranges, and the first rule has it.
    EXPECT_EQ(rows, (std::vector<std::pair<int, std::uint32_t>>{{1, 0}, {2, 0}, {3, 1}, {4, 2}}));
    EXPECT_EQ(plan.config.shape4[0].port_kind, XM_PORT_CLASS);
}

TEST(PortClassesTest, AtTheEnds) {
    const PortClasses classes({{1, 65535}, {65535, 65535}, {1, 1}});

    EXPECT_EQ(classes.count(), 3U);
    EXPECT_EQ(classes.of(0), 0U);
    EXPECT_EQ(classes.of(1), 1U);
    EXPECT_EQ(classes.of(2), 2U);
    EXPECT_EQ(classes.of(65534), 2U);
    EXPECT_EQ(classes.of(65535), 3U);
    EXPECT_EQ(PortClasses({}).count(), 0U);
}

std::vector<std::uint32_t> keys_of(const Plan& plan) {
    std::vector<std::uint32_t> keys;
    for (const auto& [key, row] : plan.vnis) {
        EXPECT_EQ(row.vni, key);
        keys.push_back(key);
    }
    return keys;
}

constexpr std::uint32_t way(xm_way which, std::uint32_t vni = 0) {
    return static_cast<std::uint32_t>(which) << XM_WAY_SHIFT | vni;
}

TEST(Plan, EachWayInHasItsOwnKeys) {
    const Plan plan =
        plan_of_text({{3,
                       "  - {name: a, vxlan: {vni: 9, port: 8472}, from: [10.0.0.0/8]}\n"
                       "  - {name: b, geneve: {vni: 9}, from: [10.0.0.0/8]}\n"
                       "  - {name: c, geneve: {port: 6081}, from: [10.0.0.0/8]}\n"
                       "  - {name: d, plain: {to: 10.3.0.1}, from: [10.0.0.0/8]}"}});

    EXPECT_EQ(plan.config.features, std::uint32_t{XM_FEATURE_VXLAN | XM_FEATURE_GENEVE |
                                                  XM_FEATURE_PLAIN | XM_FEATURE_SENDER_LPM});
    EXPECT_EQ(plan.config.vxlan_port, htons(8472));
    EXPECT_EQ(plan.config.geneve_port, htons(6081));
    const std::vector<std::uint32_t> want = {9, way(XM_WAY_GENEVE, 9), way(XM_WAY_GENEVE_ANY),
                                             way(XM_WAY_GENEVE_OTHER), way(XM_WAY_PLAIN, 3)};
    EXPECT_EQ(keys_of(plan), want);
    const std::uint32_t owners[] = {0, 1, 2, 1, 3};  // of other payloads: the first Geneve source
    for (std::size_t i = 0; i < 5; i++) {
        EXPECT_EQ(plan.vnis[i].second.sender[0].source, owners[i]) << i;
        EXPECT_EQ(plan.vnis[i].second.sender_count, 1U) << i;
    }
    ASSERT_EQ(plan.senders.size(), 1U);  // what the plain source claims
    EXPECT_EQ(plan.senders[0].first.vni, htonl(way(XM_WAY_PLAIN_TO)));
    EXPECT_EQ(plan.senders[0].first.prefix_bits, 32U + 96U + 32U);
    EXPECT_EQ(plan.senders[0].first.addr[3], htonl(0x0a030001));
    EXPECT_EQ(plan.senders[0].second.source, 3U);
}

TEST(Plan, PlainAloneHasNoTunnelPort) {
    const Plan plan = plan_of_text({{3, "  - {name: a, plain: {to: ['::/0', 10.0.0.0/8]}}"}});

    EXPECT_EQ(plan.config.features, std::uint32_t{XM_FEATURE_PLAIN | XM_FEATURE_SENDER_LPM});
    EXPECT_EQ(plan.config.vxlan_port, 0U);
    EXPECT_EQ(plan.config.geneve_port, 0U);
    // ::/0 and 10.0.0.0/8, and a barrier that keeps other IPv4 out of ::/0; senders: every IPv6
    const auto barrier = [](const auto& row) { return row.second.source == XM_NO_ROW; };
    EXPECT_EQ(std::ranges::count_if(plan.senders, barrier), 1);
    EXPECT_EQ(plan.senders.size(), 4U);
}

TEST(Plan, PoliciesOfSources) {
    const Plan plan = plan_of_text(
        {{3,
          "  - {name: a, vxlan: {vni: 1}, from: [10.0.0.0/8]}\n"
          "  - {name: b, vxlan: {vni: 2}, from: [10.0.0.0/8], strict: true, truncated: forward}\n"
          "  - {name: c, vxlan: {vni: 3}, from: [10.0.0.0/8], checksum: zero}\n"
          "  - {name: d, vxlan: {vni: 4}, from: [10.0.0.0/8], checksum: recompute, "
          "exporters: ['::/0', 192.0.2.0/24]}\n"
          "  - {name: e, geneve: {other: pass}, from: [10.0.0.0/8]}"}});

    EXPECT_NE(plan.config.features & XM_FEATURE_POLICY, 0U);
    const std::uint32_t want[] = {
        0, XM_POLICY_STRICT | XM_POLICY_TRUNCATED_FORWARD, XM_POLICY_CHECKSUM_ZERO,
        XM_POLICY_CHECKSUM_RECOMPUTE | XM_POLICY_EXPORTERS, XM_POLICY_OTHER_PASS};
    ASSERT_EQ(plan.sources.size(), std::size(want));
    for (std::size_t i = 0; i < std::size(want); i++) {
        EXPECT_EQ(plan.sources[i].policy, want[i]) << i;
    }
    ASSERT_EQ(plan.exporters.size(), 3U);
    for (const auto& [key, row] : plan.exporters) {
        EXPECT_EQ(key.source, htonl(3));
    }
    EXPECT_EQ(plan.exporters[0].first.prefix_bits, 32U);
    EXPECT_EQ(plan.exporters[0].second.allowed, 1U);
    EXPECT_EQ(plan.exporters[1].first.prefix_bits, 32U + 96U + 24U);
    EXPECT_EQ(plan.exporters[2].first.prefix_bits, 32U + 96U);
    EXPECT_EQ(plan.exporters[2].second.allowed, 0U) << "no IPv4 by way of ::/0";
}

TEST(Plan, ProtocolsOfRules) {
    const Plan udp = plan_of_text({{5, "  - {name: r, match: {protocol: 17}, send: {to: p}}"}});
    EXPECT_EQ(udp.config.features & XM_FEATURE_PROTOCOLS, 0U);

    const Plan plan =
        plan_of_text({{5,
                       "  - {name: r, match: {protocol: tcp, port: 5}, send: {to: p}}\n"
                       "  - {name: s, match: {protocol: any}, send: {to: p}}"}});
    EXPECT_NE(plan.config.features & XM_FEATURE_PROTOCOLS, 0U);
    ASSERT_EQ(plan.config.shape4_count, 2U);
    EXPECT_EQ(plan.config.shape4[0].protocol_mask, 0xff);
    EXPECT_EQ(plan.config.shape4[1].protocol_mask, 0);
    EXPECT_EQ(plan.rules4[0].first.protocol, IPPROTO_TCP);
    EXPECT_EQ(plan.rules4[1].first.protocol, 0);
}

// Where there is somewhere to move to, or where the profile says so, and only for what is UDP.
TEST(Plan, RulesThatLearnTemplates) {
    const auto learns = [](const char* pool, const char* match) {
        const Plan plan = plan_of_text({{5, std::string("  - {name: r, match: {") + match + "}, send: {to: p}}"},
                                                {7, std::string("  p: {") + pool + ", via: e}"}});
        const bool flagged = plan.rules4.at(0).second.flags == XM_RULE_TEMPLATES;
        EXPECT_EQ(flagged, (plan.config.features & XM_FEATURE_TEMPLATES) != 0);
        return flagged;
    };
    const char* one = "collectors: [{address: 192.0.2.1}]";
    const char* two = "collectors: [{address: 192.0.2.1}, {address: 192.0.2.2}]";
    const auto with = [](const char* collectors, const char* templates) {
        return std::string(collectors) + ", templates: " + templates;
    };
    EXPECT_FALSE(learns(one, "port: 1000"));
    EXPECT_TRUE(learns(two, "port: 1000"));
    EXPECT_TRUE(learns(with(one, "on_move").c_str(), "port: 1000"));
    EXPECT_TRUE(learns(with(one, "all").c_str(), "port: 1000"));
    EXPECT_FALSE(learns(with(two, "off").c_str(), "port: 1000"));
    EXPECT_FALSE(learns((std::string(two) + ", balance: flow").c_str(), "port: 1000"));
    EXPECT_TRUE(learns((with(two, "on_move") + ", balance: flow").c_str(), "port: 1000"));
    EXPECT_TRUE(learns(two, "protocol: any"));
    EXPECT_FALSE(learns(two, "protocol: tcp, port: 1000"));
}

TEST(Plan, RulesWithSeveralSends) {
    const Plan plan = plan_of_text({{5, "  - {name: r, match: {port: 1000}, send: [{to: q, port: 9}, {to: p}]}\n"
                                        "  - {name: s, match: {port: 1001}, send: {to: p, port: 7}}"},
                                    {7, "  p: {collectors: [{address: 192.0.2.1}], via: e}\n"
                                        "  q: {collectors: [{address: 192.0.2.2}], via: e}"}});
    EXPECT_TRUE(plan.config.features & XM_FEATURE_COPIES);
    ASSERT_EQ(plan.copies.size(), 2U);
    EXPECT_EQ(plan.copies[0].count, 2U);
    EXPECT_EQ(plan.copies[0].send[0].pool, 1U);
    EXPECT_EQ(plan.copies[0].send[0].udp_port, htons(9));
    EXPECT_EQ(plan.copies[0].send[1].pool, 0U);
    EXPECT_EQ(plan.copies[0].send[1].udp_port, 0);
    EXPECT_EQ(plan.copies[1].count, 1U);
    // the XDP program leaves the port of the first to the tc program
    for (const auto& [key, row] : plan.rules4) {
        EXPECT_EQ(row.flags, row.book == 0 ? XM_RULE_COPIES : 0);
        EXPECT_EQ(row.udp_port, row.book == 0 ? 0 : htons(7));
    }
    const Plan without = plan_of_text({});
    EXPECT_TRUE(without.copies.empty());
    EXPECT_FALSE(without.config.features & XM_FEATURE_COPIES);
}

TEST(Plan, OnlyAnEgressThatIsUsedFragments) {
    EXPECT_NE(plan_of_text({{9, "  e: {interface: x, oversize: fragment}"}}).config.features &
                  XM_FEATURE_OVERSIZE,
              0U);
    EXPECT_EQ(plan_of_text({{9, "  e: {interface: x}\n  f: {interface: y, oversize: fragment}"}})
                      .config.features &
                  XM_FEATURE_OVERSIZE,
              0U);
}

TEST(Plan, TheLargestIsNotTooLarge) {
    Config config = config_with_rules({rule("r", {})});
    config.sources.clear();
    for (std::uint32_t i = 0; i < XM_MAX_SOURCES; i++) {
        config.sources.push_back(
            vxlan_source("s" + std::to_string(i), i, {Prefix::all(Family::ipv4)}));
    }
    config.rules.resize(XM_MAX_RULES, config.rules[0]);
    config.pools.resize(XM_MAX_POOLS, config.pools[0]);
    config.egress.resize(XM_MAX_EGRESS, config.egress[0]);
    EXPECT_TRUE(make_plan(config));

    Config shapes = config_with_rules({});
    for (int i = 0; i < XM_MAX_SHAPES; i++) {
        Match match;
        match.from = Prefix::of(address("10.0.0.0"), static_cast<std::uint8_t>(8 + i));
        shapes.rules.push_back(rule("r" + std::to_string(i), match));
    }
    EXPECT_TRUE(make_plan(shapes));
}

}  // namespace
}  // namespace xdpmirror::test
