// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which collector of a pool: the slot that the packet's hash points to, with every kind of hash, also for
// fragments, and with slots that change under it.
#include <algorithm>
#include <cstring>
#include <set>

#include "maps/flow_hash.h"
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Setup kPools{R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.1.0/24]}
rules:
  - {name: flows6, match: {from: "2001:db8::/32", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
  - {name: ports, match: {port: 2055}, send: {to: by-port, port: 8082}}
  - {name: tuples, match: {port: 4739}, send: {to: by-flow, port: 8083}}
pools:
  single: {collectors: [{address: 100.76.30.11}], via: gcp}
  fdi: {collectors: [{address: 100.76.10.11}, {address: 100.76.10.12}, {address: 100.76.10.13}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}, {address: "2001:db8:fd1::12"}], via: gcp}
  by-port: {balance: exporter_port, collectors: [{address: 100.76.20.11}, {address: 100.76.20.12}], via: gcp}
  by-flow: {balance: flow, collectors: [{address: 100.76.21.11}, {address: 100.76.21.12}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml"};

struct Flow {
    IpAddress from = kExporter;
    IpAddress to = kOldCollector;
    std::uint16_t from_port = kExporterPort;
    std::uint16_t port = 31756;
};

class Balance : public testing::Test {
  protected:
    Balance() : rig_(rig_for(kPools)) {}

    const Rule& rule(const Flow& flow) const {
        const char* name = flow.port == 2055                        ? "ports"
                           : flow.port == 4739                      ? "tuples"
                           : flow.from.family == Family::ipv6 ? "flows6"
                                                                    : "flows";
        return rig_.config().rules[rig_.rule_row(name)];
    }

    std::size_t pool_row(const std::string& name) const {
        const auto& pools = rig_.config().pools;
        const auto at = std::find_if(pools.begin(), pools.end(),
                                     [&](const Pool& pool) { return pool.name == name; });
        return static_cast<std::size_t>(at - pools.begin());
    }

    // By maps/flow_hash.h and the plan, which have tests of their own.
    std::uint32_t slot_of(const Flow& flow) const {
        __be32 from[4], to[4];
        std::memcpy(from, flow.from.bytes.data(), sizeof(from));
        std::memcpy(to, flow.to.bytes.data(), sizeof(to));
        const auto family = static_cast<__u64>(flow.from.family);
        std::uint64_t hash = xm_flow_by_exporter(family, from);
        if (flow.port == 2055) hash = xm_flow_by_exporter_port(family, from, flow.from_port);
        if (flow.port == 4739) hash = xm_flow_by_tuple(family, from, to, flow.from_port, flow.port, 17);
        return xm_flow_slot(hash, range(flow).count);
    }

    const Balancer::Range& range(const Flow& flow) const {
        return rig_.plan().balancer.ranges()[pool_row(rule(flow).pool)];
    }

    std::size_t collector_of(const Flow& flow) const {
        static const std::vector<xm_pool_slot> rows = rig_.plan().balancer.rows(
            std::vector<bool>(rig_.plan().collectors.size(), true));
        return rows[range(flow).base + slot_of(flow)].collector;
    }

    static Packet in(const Flow& flow) {
        const Packet ip = flow.from.family == Family::ipv4
                              ? mirrored().ipv4({.src = flow.from, .dst = flow.to})
                              : mirrored().ipv6({.src = flow.from, .dst = flow.to});
        return ip.udp({.src = flow.from_port, .dst = flow.port}).payload(20);
    }

    Want out(const Flow& flow, std::size_t collector) const {
        const auto& row = rig_.plan().collectors[collector];
        const Packet ip = flow.from.family == Family::ipv4
                              ? delivered().ipv4({.src = flow.from, .dst = row.address, .ttl = 63})
                              : delivered().ipv6({.src = flow.from, .dst = row.address, .hop_limit = 63});
        return sends(ip.udp({.src = flow.from_port, .dst = rule(flow).port.value()}).payload(20),
                     {"core", rule(flow).name, row.label});
    }

    // Where it goes; the test fails if it goes elsewhere than slot and table say.
    std::size_t expect_balanced(const Flow& flow) const {
        const auto collector = collector_of(flow);
        EXPECT_TRUE(behaves(rig_, in(flow), out(flow, collector)));
        return collector;
    }

    Rig& rig_;
};

TEST_F(Balance, ByExporter) {
    std::set<std::size_t> used;
    for (std::uint8_t i = 1; i < 100; i++) used.insert(expect_balanced({.from = ip4(192, 168, 3, i)}));
    EXPECT_EQ(used.size(), 3U);
    used.clear();
    for (std::uint16_t i = 1; i < 40; i++)
        used.insert(expect_balanced(
            {.from = ip6({0x2001, 0xdb8, 0x10, 0, 0, 0, 0, i}), .to = kOldCollector6}));
    EXPECT_EQ(used.size(), 2U);
}

TEST_F(Balance, AnExporterStaysWithItsCollector) {
    const auto home = expect_balanced({});
    for (std::uint16_t port = 1000; port < 1030; port++)
        EXPECT_EQ(expect_balanced({.to = ip4(10, 50, 0, port & 7), .from_port = port}), home);
}

TEST_F(Balance, ByExporterAndPort) {
    std::set<std::size_t> used;
    for (std::uint16_t port = 1000; port < 1040; port++)
        used.insert(expect_balanced({.from_port = port, .port = 2055}));
    EXPECT_EQ(used.size(), 2U);
    const auto home = expect_balanced({.port = 2055});
    EXPECT_EQ(expect_balanced({.to = ip4(10, 50, 0, 6), .port = 2055}), home);
}

TEST_F(Balance, ByFlow) {
    std::set<std::size_t> used;
    for (std::uint8_t to = 1; to < 40; to++)
        used.insert(expect_balanced({.to = ip4(10, 50, 0, to), .port = 4739}));
    EXPECT_EQ(used.size(), 2U);
}

// Later fragments have no ports, and go where the first one went.
TEST_F(Balance, FragmentsStayTogether) {
    std::set<std::size_t> used;
    for (std::uint16_t i = 0; i < 20; i++) {
        const Flow flow{.from_port = static_cast<std::uint16_t>(3000 + i), .port = 4739};
        const auto& row = rig_.plan().collectors[collector_of(flow)];
        const std::uint16_t id = static_cast<std::uint16_t>(5000 + i);
        const Packet first = mirrored()
                                 .ipv4({.src = flow.from, .dst = flow.to, .id = id, .mf = true})
                                 .udp({.src = flow.from_port, .dst = flow.port, .length = 72, .checksum = 0})
                                 .payload(56);
        const Packet later = mirrored()
                                 .ipv4({.src = flow.from, .dst = flow.to, .id = id, .fragment_offset = 8, .protocol = 17})
                                 .payload(8);
        const Accounts accounts{"core", "tuples", row.label};
        EXPECT_TRUE(behaves(rig_, first,
                            sends(delivered()
                                      .ipv4({.src = flow.from, .dst = row.address, .ttl = 63, .id = id, .mf = true})
                                      .udp({.src = flow.from_port, .dst = 8083, .length = 72, .checksum = 0})
                                      .payload(56),
                                  accounts)
                                .noting(XM_NOTE_FRAGMENT_FIRST)));
        EXPECT_TRUE(behaves(rig_, later,
                            sends(delivered()
                                      .ipv4({.src = flow.from, .dst = row.address, .ttl = 63, .id = id,
                                             .fragment_offset = 8, .protocol = 17})
                                      .payload(8),
                                  accounts)
                                .noting(XM_NOTE_FRAGMENT_LATER)));
        used.insert(collector_of(flow));
    }
    EXPECT_EQ(used.size(), 2U);
}

TEST_F(Balance, SlotsChangeInPlace) {
    auto rig = Rig::make(kPools.profile);
    ASSERT_TRUE(rig) << rig.error().what;
    const Flow flow;
    const std::uint32_t slot = range(flow).base + slot_of(flow);
    const auto home = collector_of(flow);
    const auto other = range(flow).first_collector + (home + 1 - range(flow).first_collector) % 3;
    const auto poke = [&](std::uint32_t row) {
        return static_cast<bool>(rig->poke("xm_slots", slot, xm_pool_slot{.collector = row}));
    };
    ASSERT_TRUE(poke(static_cast<std::uint32_t>(other)));
    EXPECT_TRUE(behaves(*rig, in(flow), out(flow, other)));
    ASSERT_TRUE(poke(XM_NO_ROW));
    EXPECT_TRUE(behaves(*rig, in(flow), drops(XM_DROP_NO_COLLECTOR, {"core", "flows"})));
    ASSERT_TRUE(poke(999));
    EXPECT_TRUE(behaves(*rig, in(flow), drops(XM_DROP_INTERNAL, {"core", "flows"})));
    ASSERT_TRUE(poke(static_cast<std::uint32_t>(home)));
    EXPECT_TRUE(behaves(*rig, in(flow), out(flow, home)));
    const auto pool = static_cast<std::uint32_t>(pool_row("fdi"));
    auto row = array_get<xm_pool>(rig->data_plane().map_fd("xm_pools"), pool);
    ASSERT_TRUE(row);
    row->slot_base = 1 << 30;
    ASSERT_TRUE(rig->poke("xm_pools", pool, *row));
    EXPECT_TRUE(behaves(*rig, in(flow), drops(XM_DROP_INTERNAL, {"core", "flows"})));
}

}  // namespace
}  // namespace xdpmirror::test
