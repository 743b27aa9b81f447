// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which rule serves a packet: the first in the profile's order whose every given field matches.
#include <algorithm>
#include <random>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

// What every profile here has around its rules: two sources and a pool for each collector.
#define XM_SOURCES                           \
    "version: 1\n"                           \
    "sources:\n"                             \
    "  - {name: core, vxlan: {vni: 4242}}\n" \
    "  - {name: edge, vxlan: {vni: 7}}\n"    \
    "rules:\n"
#define XM_POOLS                                                         \
    "pools:\n"                                                           \
    "  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}\n"         \
    "  other: {collectors: [{address: 100.76.10.12}], via: vpn}\n"       \
    "  third: {collectors: [{address: 100.76.10.13}], via: gcp}\n"       \
    "  six: {collectors: [{address: \"2001:db8:fd1::11\"}], via: gcp}\n" \
    "egress:\n"                                                          \
    "  gcp: {interface: lo, next_hop: \"02:00:00:20:00:01\"}\n"          \
    "  vpn: {interface: lo, next_hop: \"02:00:00:20:00:02\"}\n"

const Setup kFields{
    XM_SOURCES
    "  - {name: by-vni, match: {vni: 7}, send: {to: fdi}}\n"
    "  - {name: by-from, match: {from: 192.168.0.0/16}, send: {to: other}}\n"
    "  - {name: by-to, match: {to: 10.60.0.9}, send: {to: third}}\n"
    "  - {name: by-port, match: {port: 9995}, send: {to: fdi, port: 9996}}\n"
    "  - {name: by-range, match: {port: 2000-2100}, send: {to: other, port: 1}}\n"
    "  - {name: by-all, match: {vni: 4242, from: 172.16.0.0/12, to: 10.50.0.0/24, "
    "protocol: udp, port: 4739}, send: {to: third, port: 65535}}\n"
    "  - {name: by-from6, match: {from: \"2001:db8:10::/48\"}, send: {to: six}}\n"
    "  - {name: by-to6, match: {to: \"2001:db8:50::5\"}, send: {to: six}}\n" XM_POOLS};

// Every rule here can match the same packets; only the order decides.
const Setup kOrder{XM_SOURCES
                   "  - {name: exact, match: {from: 192.168.10.1, port: 2055}, send: {to: fdi}}\n"
                   "  - {name: range, match: {port: 2000-2999}, send: {to: other}}\n"
                   "  - {name: inside, match: {port: 2500}, send: {to: third}}\n"
                   "  - {name: narrow, match: {from: 192.168.10.0/24}, send: {to: third}}\n"
                   "  - {name: wide, match: {from: 192.168.0.0/16}, send: {to: other}}\n"
                   "  - {name: rest, send: {to: fdi}}\n" XM_POOLS};

const Setup kRanges{XM_SOURCES
                    "  - {name: low, match: {port: 1-1000}, send: {to: fdi}}\n"
                    "  - {name: middle, match: {port: 500-2000}, send: {to: other}}\n"
                    "  - {name: hole, match: {port: 3000-3000}, send: {to: third}}\n"
                    "  - {name: high, match: {port: 2500-65535}, send: {to: fdi}}\n" XM_POOLS};

struct Flow {
    std::uint32_t vni = kVni;
    IpAddress from = ip4(203, 0, 113, 1);
    IpAddress to = ip4(203, 0, 113, 200);
    std::uint16_t port = 40000;
};

Packet packet_of(const Flow& flow) {
    const Packet outer = mirrored({.vni = flow.vni});
    const Packet ip = flow.from.family == Family::ipv4
                          ? outer.ipv4({.src = flow.from, .dst = flow.to})
                          : outer.ipv6({.src = flow.from, .dst = flow.to});
    return ip.udp({.dst = flow.port}).payload(20);
}

// What leaves when `rule` of the setup serves the flow, worked out from the profile's own words.
Want served(const Config& config, const Flow& flow, const Rule& rule) {
    const auto pool = std::find_if(config.pools.begin(), config.pools.end(),
                                   [&](const Pool& p) { return p.name == rule.pool; });
    const auto egress = std::find_if(config.egress.begin(), config.egress.end(),
                                     [&](const Egress& e) { return e.name == pool->via; });
    const auto source = std::find_if(config.sources.begin(), config.sources.end(),
                                     [&](const Source& s) { return s.vni == flow.vni; });
    const IpAddress collector = pool->collectors.front().address;
    const Accounts accounts{source->name, rule.name, pool->name + "/" + collector.text()};
    if (collector.family != flow.from.family)
        return drops(XM_DROP_FAMILY_MISMATCH, {source->name, rule.name});
    const Packet ethernet = delivered(std::get<MacAddress>(egress->ways[0].next_hop));
    const Packet ip = collector.family == Family::ipv4
                          ? ethernet.ipv4({.src = flow.from, .dst = collector, .ttl = 63})
                          : ethernet.ipv6({.src = flow.from, .dst = collector, .hop_limit = 63});
    return sends(ip.udp({.src = kExporterPort, .dst = rule.port.value_or(flow.port)}).payload(20),
                 accounts);
}

struct RuleCase {
    const Setup* setup;
    Flow flow;
    const char* rule;  // nullptr: none
};

const std::vector<RuleCase>& rule_cases() {
    static const std::vector<RuleCase> cases = {
        {&kFields, {.vni = 7}, "by-vni"},
        {&kFields, {.from = ip4(192, 168, 255, 255)}, "by-from"},
        {&kFields, {.from = ip4(192, 169, 0, 0)}, nullptr},
        {&kFields, {.to = ip4(10, 60, 0, 9)}, "by-to"},
        {&kFields, {.to = ip4(10, 60, 0, 8)}, nullptr},
        {&kFields, {.port = 9995}, "by-port"},
        {&kFields, {.port = 9994}, nullptr},
        {&kFields, {.port = 2000}, "by-range"},
        {&kFields, {.port = 2100}, "by-range"},
        {&kFields, {.port = 1999}, nullptr},
        {&kFields, {.port = 2101}, nullptr},
        {&kFields, {.from = kStranger, .to = kOldCollector, .port = 4739}, "by-all"},
        {&kFields, {.from = kStranger, .to = kOldCollector, .port = 4740}, nullptr},
        {&kFields, {.from = kStranger, .to = ip4(10, 50, 1, 5), .port = 4739}, nullptr},
        {&kFields, {.from = ip4(172, 32, 0, 0), .to = kOldCollector, .port = 4739}, nullptr},
        {&kFields, {.from = kExporter6, .to = kNeighbour6}, "by-from6"},
        {&kFields, {.from = kNeighbour6, .to = kOldCollector6}, "by-to6"},
        {&kFields, {.from = kNeighbour6, .to = kMirror6}, nullptr},
        {&kFields, {.from = kNeighbour6, .to = kMirror6, .port = 9995}, "by-port"},
        {&kFields, {.from = kNeighbour6, .to = kMirror6, .port = 2050}, "by-range"},
        {&kFields, {.vni = 7, .from = ip4(192, 168, 1, 1), .port = 9995}, "by-vni"},
        {&kOrder, {.from = kExporter, .port = 2055}, "exact"},
        {&kOrder, {.from = kExporter, .port = 2056}, "range"},
        {&kOrder, {.port = 2500}, "range"},
        {&kOrder, {.from = kExporter, .port = 3000}, "narrow"},
        {&kOrder, {.from = ip4(192, 168, 11, 1), .port = 3000}, "wide"},
        {&kOrder, {.port = 3000}, "rest"},
        {&kOrder, {.from = kExporter6, .to = kOldCollector6, .port = 2055}, "range"},
        {&kOrder, {.from = kExporter6, .to = kOldCollector6, .port = 3000}, "rest"},
        {&kRanges, {.port = 1}, "low"},
        {&kRanges, {.port = 500}, "low"},
        {&kRanges, {.port = 1000}, "low"},
        {&kRanges, {.port = 1001}, "middle"},
        {&kRanges, {.port = 2000}, "middle"},
        {&kRanges, {.port = 2001}, nullptr},
        {&kRanges, {.port = 2499}, nullptr},
        {&kRanges, {.port = 2999}, "high"},
        {&kRanges, {.port = 3000}, "hole"},
        {&kRanges, {.port = 3001}, "high"},
        {&kRanges, {.port = 65535}, "high"},
        {&kRanges, {.port = 0}, nullptr},
    };
    return cases;
}

class RuleTest : public testing::TestWithParam<RuleCase> {};

void PrintTo(const RuleCase& rule_case, std::ostream* out) {
    *out << "vni " << rule_case.flow.vni << ", " << rule_case.flow.from.text() << " to "
         << rule_case.flow.to.text() << " port " << rule_case.flow.port << ": "
         << (rule_case.rule ? rule_case.rule : "no rule");
}

TEST_P(RuleTest, FirstMatchServes) {
    const RuleCase& rule_case = GetParam();
    const Rig& rig = rig_for(*rule_case.setup);
    const char* source = rule_case.flow.vni == kVni ? "core" : "edge";
    const Want want = rule_case.rule ? served(rig.config(), rule_case.flow,
                                              rig.config().rules[rig.rule_row(rule_case.rule)])
                                     : drops(XM_DROP_NO_RULE, {source});
    EXPECT_TRUE(behaves(rig, packet_of(rule_case.flow), want));
}

INSTANTIATE_TEST_SUITE_P(Rules, RuleTest, testing::ValuesIn(rule_cases()));

// Against a model: the first rule all of whose fields match, asked in the profile's own words.
bool model_matches(const Match& match, const Flow& flow) {
    const auto host = [](const IpAddress& address) {
        return Prefix{address,
                      static_cast<std::uint8_t>(address.family == Family::ipv4 ? 32 : 128)};
    };
    return (!match.vni || *match.vni == flow.vni) &&
           (!match.from || match.from->contains(host(flow.from))) &&
           (!match.to || match.to->contains(host(flow.to))) &&
           (!match.port || (match.port->first <= flow.port && flow.port <= match.port->last));
}

// Small domains, so that rules overlap and packets hit them.
IpAddress some_address(std::mt19937& random, bool v6) {
    const auto bit = [&] { return static_cast<std::uint8_t>(random() % 2); };
    return v6 ? ip6({0x2001, 0xdb8, bit(), 0, 0, 0, 0, bit()}) : ip4(10, bit(), 0, bit());
}

Prefix some_prefix(std::mt19937& random, bool v6) {
    constexpr std::uint8_t kLengths4[] = {8, 16, 32}, kLengths6[] = {32, 48, 128};
    IpAddress address = some_address(random, v6);
    const auto pick = random() % 3;
    const std::uint8_t length = v6 ? kLengths6[pick] : kLengths4[pick];
    for (std::size_t byte = length / 8; byte < address.bytes.size(); byte++)
        address.bytes[byte] = 0;
    return {address, length};
}

Rule random_rule(std::mt19937& random, std::size_t number) {
    Rule rule;
    rule.name = "r" + std::to_string(number);
    // at most three optional fields at once: combinations of fields are limited (XM_MAX_SHAPES)
    const bool v6 = random() % 4 == 0;
    if (random() % 4 == 0) rule.match.vni = random() % 2 == 0 ? kVni : 7;
    switch (random() % 4) {
        case 0:
            rule.match.from = some_prefix(random, v6);
            break;
        case 1:
            rule.match.to =
                Prefix{some_address(random, v6), static_cast<std::uint8_t>(v6 ? 128 : 32)};
            break;
        default:
            break;
    }
    const auto first = static_cast<std::uint16_t>(1 + random() % 30);
    switch (random() % 3) {
        case 0:
            rule.match.port = PortRange{first, first};
            break;
        case 1:
            rule.match.port = PortRange{first, static_cast<std::uint16_t>(first + random() % 10)};
            break;
        default:
            break;
    }
    constexpr const char* kPools[] = {"fdi", "other", "third", "six"};
    rule.pool = kPools[random() % 4];
    if (random() % 2 == 0) rule.port = static_cast<std::uint16_t>(1 + random() % 65535);
    return rule;
}

TEST(RandomRules, AreServedInTheProfilesOrder) {
    std::mt19937 random(20240502);
    const Config base = rig_for(kFields).config();
    std::size_t rounds = 0, hits = 0;
    for (int attempt = 0; attempt < 60 && rounds < 20; attempt++) {
        Config config = base;
        config.rules.clear();
        const auto rules = 1 + random() % 12;
        for (std::size_t i = 0; i < rules; i++) config.rules.push_back(random_rule(random, i));
        auto plan = make_plan(config);
        if (!plan) continue;  // more combinations of fields than a program holds
        auto rig = Rig::make(config);
        ASSERT_TRUE(rig) << rig.error().what;
        rounds++;
        for (int i = 0; i < 150; i++) {
            const bool v6 = random() % 3 == 0;
            const Flow flow{.vni = random() % 2 == 0 ? kVni : 7,
                            .from = some_address(random, v6),
                            .to = some_address(random, v6),
                            .port = static_cast<std::uint16_t>(random() % 42)};
            const auto rule =
                std::find_if(config.rules.begin(), config.rules.end(),
                             [&](const Rule& r) { return model_matches(r.match, flow); });
            const bool served_at_all = rule != config.rules.end();
            hits += served_at_all ? 1 : 0;
            const Want want = served_at_all
                                  ? served(config, flow, *rule)
                                  : drops(XM_DROP_NO_RULE, {flow.vni == kVni ? "core" : "edge"});
            ASSERT_TRUE(behaves(*rig, packet_of(flow), want))
                << "round " << rounds << ": vni " << flow.vni << ", " << flow.from.text() << " to "
                << flow.to.text() << " port " << flow.port << ", wanted "
                << (served_at_all ? rule->name : "no rule");
        }
    }
    EXPECT_EQ(rounds, 20U);
    EXPECT_GT(hits, 500U);  // else the domains are too wide to prove anything
}

}  // namespace
}  // namespace xdpmirror::test
