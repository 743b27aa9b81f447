// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Profiles that are good and too large.
#include <fmt/format.h>

#include "error_cases.h"
#include "maps/layout.h"

namespace xdpmirror::test {
namespace {

Rule rule_at(int line, Match m) {
    return Rule{fmt::format("r{}", line), std::move(m), "p", {}, {"p.yaml", line, 5}};
}

Config with_many_rules(std::size_t count) {
    std::vector<Rule> rules;

    for (std::size_t i = 0; i < count; i++) {
        rules.push_back(rule_at(static_cast<int>(i + 1), {}));
    }
    return config_with_rules(std::move(rules));
}

Config with_many_shapes(const std::string& base) {
    std::vector<Rule> rules;

    for (int i = 0; i <= XM_MAX_SHAPES; i++) {
        Match m;
        m.from = Prefix::of(address(base), static_cast<std::uint8_t>(8 + i));
        rules.push_back(rule_at(i + 1, m));
    }
    return config_with_rules(std::move(rules));
}

Config with_ranges(std::size_t count, std::size_t rules_each) {
    std::vector<Rule> rules;

    // Nested ranges: n of them cut the ports into 2n - 1 pieces.
    for (std::size_t i = 0; i < count; i++) {
        for (std::size_t j = 0; j < rules_each; j++) {
            Match m;
            // Another sender for each rule, so that none has the key of an earlier one.
            const std::size_t n = rules.size();
            m.from = Prefix::of(
                IpAddress{Family::ipv4,
                          {10, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}},
                32);
            m.port = PortRange{static_cast<std::uint16_t>(1000 + i),
                               static_cast<std::uint16_t>(10000 - i)};
            rules.push_back(rule_at(static_cast<int>(rules.size() + 1), m));
        }
    }
    return config_with_rules(std::move(rules));
}

Config with_many_senders(std::size_t count) {
    Config config = config_with_rules({rule_at(1, {})});

    config.sources[1].position = {"p.yaml", 4, 5};
    for (std::size_t i = 0; i < count; i++) {
        config.sources[1].from.push_back(
            Prefix::of(IpAddress{Family::ipv4,
                                 {10, static_cast<std::uint8_t>(i >> 16),
                                  static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}},
                       32));
    }
    return config;
}

}  // namespace

std::vector<LimitCase> limit_cases() {
    std::vector<LimitCase> cases;
    Config config = config_with_rules({rule_at(1, {})});

    config.sources.resize(XM_MAX_SOURCES + 1, config.sources[0]);
    config.sources.back().position = {"p.yaml", 9, 5};
    cases.push_back(
        {"sources", config,
         "p.yaml:9:5: 1025 sources, but at most 1024 are possible; put sources with the same "
         "VNI together, with a longer 'from'"});
    config = config_with_rules({rule_at(1, {})});
    config.pools.resize(XM_MAX_POOLS + 1, config.pools[0]);
    config.pools.back().position = {"p.yaml", 9, 3};
    cases.push_back(
        {"pools", config,
         "p.yaml:9:3: 1025 pools, but at most 1024 are possible; remove those not used"});
    config = config_with_rules({rule_at(1, {})});
    config.pools[0].collectors.resize(XM_MAX_COLLECTORS + 1, config.pools[0].collectors[0]);
    config.pools[0].position = {"p.yaml", 9, 3};
    cases.push_back(
        {"collectors", config,
         "p.yaml:9:3: 4097 collectors, but at most 4096 are possible; remove those not used"});
    config = config_with_rules({rule_at(1, {})});
    Collector second = config.pools[0].collectors[0];
    second.address.bytes[3] ^= 1;
    config.pools[0].collectors.push_back(second);
    config.pools.resize(257, config.pools[0]);
    config.pools.back().position = {"p.yaml", 9, 3};
    cases.push_back(
        {"balancing slots", config,
         "p.yaml:9:3: 16843009 balancing slots, but at most 16777216 are possible; use fewer large "
         "pools"});
    config = config_with_rules({rule_at(1, {})});
    config.egress.resize(XM_MAX_EGRESS + 1, config.egress[0]);
    config.egress.back().ways[0].position = {"p.yaml", 9, 3};
    cases.push_back(
        {"ways out", config,
         "p.yaml:9:3: 65 ways out, but at most 64 are possible; remove those not used"});
    config = config_with_rules({rule_at(1, {})});
    config.egress[0].ways.resize(XM_MAX_MARKS, config.egress[0].ways[0]);
    for (std::uint32_t i = 0; i < XM_MAX_MARKS; i++) {
        config.egress[0].ways[i].mark = i + 1;
    }
    config.egress[0].ways.back().position = {"p.yaml", 9, 3};
    cases.push_back(
        {"fwmarks", config,
         "p.yaml:9:3: 8 fwmarks, but at most 7 are possible; let egresses share a mark"});
    cases.push_back(
        {"rules", with_many_rules(XM_MAX_RULES + 1),
         "p.yaml:16385:5: 16385 rules, but at most 16384 are possible; use wider prefixes or "
         "ranges"});
    cases.push_back(
        {"shapes of IPv4", with_many_shapes("10.0.0.0"),
         "p.yaml:17:5: 17 distinct combinations of matched fields for IPv4, but at most 16 are "
         "possible; use the same prefix lengths in more rules"});
    cases.push_back(
        {"shapes of IPv6", with_many_shapes("2001:db8::"),
         "p.yaml:17:5: 17 distinct combinations of matched fields for IPv6, but at most 16 are "
         "possible; use the same prefix lengths in more rules"});
    cases.push_back(
        {"port classes", with_ranges(513, 1),
         "p.yaml:513:5: 1025 pieces of port ranges with distinct borders, but at most 1024 are "
         "possible; use the same ranges in more rules"});
    cases.push_back(
        {"rule rows", with_ranges(512, 2),
         "p.yaml:300:5: 262145 rule rows, which overlapping port ranges multiply, but at most "
         "262144 are possible; use fewer or disjoint port ranges"});
    cases.push_back({"senders", with_many_senders(XM_MAX_SENDERS),
                     "p.yaml:4:5: 65538 prefixes in 'from' and 'to' of sources, but at most 65536 "
                     "are possible; "
                     "use wider prefixes"});
    config = config_with_rules({rule_at(1, {})});
    config.sources.push_back(
        plain_source("c", with_many_senders(XM_MAX_SENDERS).sources[1].from, {prefix("::/0")}));
    config.sources.back().position = {"p.yaml", 5, 5};
    cases.push_back({"destinations", config,
                     "p.yaml:5:5: 65540 prefixes in 'from' and 'to' of sources, but at most 65536 "
                     "are possible; "
                     "use wider prefixes"});
    // Twice in the trie: for its VNI, and for what is no mirror.
    config = config_with_rules({rule_at(1, {})});
    config.sources = {
        geneve_source("a", {}, with_many_senders(XM_MAX_SENDERS / 2).sources[1].from)};
    config.sources[0].position = {"p.yaml", 3, 5};
    cases.push_back(
        {"rows of Geneve senders", config,
         "p.yaml:3:5: 65538 rows of xm_senders, but at most 65536 are possible; use wider "
         "prefixes"});
    // As many as possible, and the row that keeps IPv4 out of ::/0 comes on top.
    config = with_many_senders(XM_MAX_SENDERS - 3);
    config.sources[1].from.erase(config.sources[1].from.begin());
    config.sources[1].from.push_back(Prefix::all(Family::ipv6));
    config.sources[1].from.push_back(prefix("11.0.0.0/8"));
    config.sources.erase(config.sources.begin());
    config.sources[0].from.push_back(prefix("13.0.0.0/8"));
    cases.push_back(
        {"rows of senders", config,
         "p.yaml:4:5: 65537 rows of xm_senders, but at most 65536 are possible; use wider "
         "prefixes"});
    config = config_with_rules({rule_at(1, {})});
    config.sources[1].position = {"p.yaml", 4, 5};
    config.sources[1].exporters = with_many_senders(XM_MAX_EXPORTERS + 1).sources[1].from;
    config.sources[1].exporters.erase(config.sources[1].exporters.begin());
    cases.push_back(
        {"exporters", config,
         "p.yaml:4:5: 65537 prefixes in 'exporters', but at most 65536 are possible; use wider "
         "prefixes"});
    return cases;
}

}  // namespace xdpmirror::test
