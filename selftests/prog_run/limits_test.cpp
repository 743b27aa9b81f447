// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A profile as large as layout.h allows loads, and its first, last and in-between rows are found.
#include <algorithm>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

IpAddress numbered4(std::uint8_t first, std::uint32_t number) {
    return ip4(first, static_cast<std::uint8_t>(number >> 16 & 0xff),
               static_cast<std::uint8_t>(number >> 8 & 0xff),
               static_cast<std::uint8_t>(number & 0xff));
}

// Source i has its own VNI and sender; rule i matches one exporter and port and sends to pool i %
// pools.
std::uint32_t vni_of(std::uint32_t source) {
    return source * 16381 + 1;
}
IpAddress exporter_of(std::uint32_t rule) {
    return numbered4(172, rule / 2);
}
std::uint16_t port_of(std::uint32_t rule) {
    return static_cast<std::uint16_t>(2000 + rule % 2);
}
IpAddress collector_of(std::uint32_t pool) {
    return numbered4(100, pool);
}

Config largest_config() {
    Config config;
    for (std::uint32_t i = 0; i < XM_MAX_SOURCES; i++) {
        Source source;
        source.name = "s" + std::to_string(i);
        source.vni = vni_of(i);
        source.from = {Prefix{numbered4(10, i), 32}};
        config.sources.push_back(std::move(source));
    }
    for (std::uint32_t i = 0; i < XM_MAX_RULES; i++) {
        Rule rule;
        rule.name = "r" + std::to_string(i);
        rule.match.from = Prefix{exporter_of(i), 32};
        rule.match.port = PortRange{port_of(i), port_of(i)};
        rule.pool = "p" + std::to_string(i % XM_MAX_POOLS);
        rule.port = static_cast<std::uint16_t>(i + 1);
        config.rules.push_back(std::move(rule));
    }
    for (std::uint32_t i = 0; i < XM_MAX_POOLS; i++) {
        Pool pool;
        pool.name = "p" + std::to_string(i);
        pool.collectors.push_back({collector_of(i), 1, {}});
        pool.via = "gcp";
        config.pools.push_back(std::move(pool));
    }
    Egress egress;
    egress.name = "gcp";
    egress.ways.push_back({.interface = "lo", .next_hop = kNextHopMac});
    config.egress.push_back(std::move(egress));
    return config;
}

Packet packet_for(std::uint32_t source, IpAddress exporter, std::uint16_t port) {
    return mirrored({.vni = vni_of(source), .from = numbered4(10, source)})
        .ipv4({.src = exporter})
        .udp({.dst = port})
        .payload(20);
}

TEST(Limits, RowsOfALargestProfileAreFound) {
    auto rig = Rig::make(largest_config());
    ASSERT_TRUE(rig) << rig.error().what;
    // a check reads all books twice, so few of them: placed_table_test.cpp looks up every key
    for (std::uint32_t i = 0; i < 6; i++) {
        // both ends, and a stride that is prime to the sizes
        const std::uint32_t rule = i == 0 ? XM_MAX_RULES - 1 : i * 7919 % XM_MAX_RULES;
        const std::uint32_t source = i == 0 ? XM_MAX_SOURCES - 1 : i * 7919 % XM_MAX_SOURCES;
        const std::uint32_t pool = rule % XM_MAX_POOLS;
        const std::string s = "s" + std::to_string(source);
        const Want want =
            sends(delivered()
                      .ipv4({.src = exporter_of(rule), .dst = collector_of(pool), .ttl = 63})
                      .udp({.src = kExporterPort, .dst = static_cast<std::uint16_t>(rule + 1)})
                      .payload(20),
                  {s, "r" + std::to_string(rule),
                   "p" + std::to_string(pool) + "/" + collector_of(pool).text()});
        ASSERT_TRUE(behaves(*rig, packet_for(source, exporter_of(rule), port_of(rule)), want))
            << "rule " << rule << ", source " << source;
        ASSERT_TRUE(behaves(*rig, packet_for(source, exporter_of(rule), 1999),
                            drops(XM_DROP_NO_RULE, {s})));
        ASSERT_TRUE(behaves(*rig, mirrored({.vni = vni_of(source) + 1}).ipv4().udp().payload(20),
                            drops(XM_DROP_VNI_UNKNOWN)));
    }
}

}  // namespace
}  // namespace xdpmirror::test
