// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Table states that the loader never writes, or writes only while something changes: the packet is
// dropped for a reason that says so, and the next one is served again when the table is whole.
#include <bpf/bpf.h>

#include <algorithm>
#include <optional>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

class BrokenTables : public testing::Test {
  protected:
    void SetUp() override {
        auto rig = Rig::make(kPlainProfile);
        ASSERT_TRUE(rig) << rig.error().what;
        rig_.emplace(std::move(*rig));
        EXPECT_TRUE(behaves(*rig_, flow4(), sends(delivered4(), kFlows)));
    }

    int map(const char* name) const { return rig_->data_plane().map_fd(name); }

    // Where "flows" stands in the table of IPv4 rules, and what stands there.
    struct RuleSlot {
        std::uint32_t at = XM_NO_ROW;
        xm_rule_row4 row{};
    };
    RuleSlot rule_slot() const {
        const auto rows = rig_->rows<xm_rule_row4>("xm_rules4");
        const auto found = std::find_if(rows.begin(), rows.end(), [&](const xm_rule_row4& row) {
            return row.key.shape != XM_NO_SHAPE && row.rule.book == rig_->rule_row("flows");
        });
        if (found == rows.end()) return {};
        return {static_cast<std::uint32_t>(found - rows.begin()), *found};
    }
    std::uint32_t pool() const { return rule_slot().row.rule.pool; }

    void expect(const Want& want) { EXPECT_TRUE(behaves(*rig_, flow4(), want)); }
    void expect_dropped(xm_drop_reason reason) { expect(drops(reason, {"core", "flows"})); }
    void expect_delivered() { expect(sends(delivered4(), kFlows)); }

    std::optional<Rig> rig_;
};

TEST_F(BrokenTables, RuleWithoutAPool) {
    const RuleSlot whole = rule_slot();
    xm_rule_row4 row = whole.row;
    row.rule.pool = 999;
    ASSERT_TRUE(rig_->poke("xm_rules4", whole.at, row));
    expect_dropped(XM_DROP_INTERNAL);
    ASSERT_TRUE(rig_->poke("xm_rules4", whole.at, whole.row));
    expect_delivered();
}

TEST_F(BrokenTables, PoolWithoutAUsableCollector) {
    auto row = array_get<xm_pool>(map("xm_pools"), pool());
    ASSERT_TRUE(row);
    const xm_pool whole = *row;
    row->collector = XM_NO_ROW;
    ASSERT_TRUE(rig_->poke("xm_pools", pool(), *row));
    expect_dropped(XM_DROP_NO_COLLECTOR);
    row->collector = 999;
    ASSERT_TRUE(rig_->poke("xm_pools", pool(), *row));
    expect_dropped(XM_DROP_INTERNAL);
    ASSERT_TRUE(rig_->poke("xm_pools", pool(), whole));
    expect_delivered();
}

TEST_F(BrokenTables, CollectorWithoutANextHop) {
    const std::uint32_t at = rig_->collector_row(kFdi);
    auto row = array_get<xm_collector>(map("xm_collectors"), at);
    ASSERT_TRUE(row);
    const xm_collector whole = *row;
    row->next_hop = 999;
    ASSERT_TRUE(rig_->poke("xm_collectors", at, *row));
    expect_dropped(XM_DROP_INTERNAL);
    ASSERT_TRUE(rig_->poke("xm_collectors", at, whole));
    expect_delivered();
}

TEST_F(BrokenTables, EgressThatIsGone) {
    const std::uint32_t row = 0, loopback = 1;
    ASSERT_EQ(bpf_map_delete_elem(map("xm_egress"), &row), 0);
    expect_dropped(XM_DROP_EGRESS_MISSING);
    ASSERT_TRUE(rig_->poke("xm_egress", row, loopback));
    expect_delivered();
}

TEST_F(BrokenTables, NextHopBeyondTheDevices) {
    auto row = array_get<xm_next_hop>(map("xm_next_hops"), 0);
    ASSERT_TRUE(row);
    row->egress = XM_NO_ROW;
    ASSERT_TRUE(rig_->poke("xm_next_hops", std::uint32_t{0}, *row));
    expect_dropped(XM_DROP_EGRESS_MISSING);
}

TEST_F(BrokenTables, SourceThatIsGone) {
    const auto rows = rig_->rows<xm_vni>("xm_vnis");
    for (std::uint32_t i = 0; i < rows.size(); i++) {
        xm_vni row = rows[i];
        row.vni = XM_NO_ROW;
        ASSERT_TRUE(rig_->poke("xm_vnis", i, row));
    }
    expect(drops(XM_DROP_VNI_UNKNOWN));
}

TEST_F(BrokenTables, RuleThatIsGone) {
    RuleSlot slot = rule_slot();
    slot.row.key.shape = XM_NO_SHAPE;
    ASSERT_TRUE(rig_->poke("xm_rules4", slot.at, slot.row));
    expect(drops(XM_DROP_NO_RULE, {"core"}));
}

// A book row that is missing costs the count, never the packet.
TEST_F(BrokenTables, RuleWithoutABook) {
    RuleSlot slot = rule_slot();
    slot.row.rule.book = XM_NO_ROW;
    ASSERT_TRUE(rig_->poke("xm_rules4", slot.at, slot.row));
    expect(sends(delivered4(), {"core", "", kFdi}));
}

TEST_F(BrokenTables, CollectorMovesToAnotherNextHop) {
    auto hop = array_get<xm_next_hop>(map("xm_next_hops"), 0);
    ASSERT_TRUE(hop);
    std::copy_n(kOtherNextHopMac.bytes.begin(), 6, hop->dst_mac);
    const std::uint32_t spare = 1;
    ASSERT_TRUE(rig_->poke("xm_next_hops", spare, *hop));
    expect_delivered();
    const std::uint32_t at = rig_->collector_row(kFdi);
    auto row = array_get<xm_collector>(map("xm_collectors"), at);
    ASSERT_TRUE(row);
    row->next_hop = spare;
    ASSERT_TRUE(rig_->poke("xm_collectors", at, *row));
    expect(sends(delivered(kOtherNextHopMac)
                     .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                     .udp({.src = kExporterPort, .dst = kCollectorPort})
                     .payload(48),
                 kFlows));
}

}  // namespace
}  // namespace xdpmirror::test
