// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who is told of a move is told before a packet can take it, on real maps in a bpffs of this process.
#include "loader/pools/pool_tables.h"
#include "loader/state_dir.h"

#include <bpf/bpf.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include "loader/state_dir.h"
#include "maps/array.h"

namespace xdpmirror {
namespace {

class PoolTablesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
        ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        ASSERT_EQ(::mount("bpf", kBpffs, "bpf", 0, nullptr), 0);
        ASSERT_TRUE(state_.create());
    }

    template <class Row>
    UniqueFd pinned(const char* name, const std::vector<Row>& rows) {
        UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(__u32), sizeof(Row),
                                    static_cast<__u32>(rows.size()), nullptr));
        EXPECT_TRUE(map);
        EXPECT_TRUE(array_fill(map.get(), rows));
        EXPECT_TRUE(state_.pin(map.get(), name));
        return map;
    }

    // As the data plane reads it at this moment.
    static std::vector<std::uint32_t> slots(const UniqueFd& map, std::uint32_t count) {
        std::vector<std::uint32_t> collectors;
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto slot = array_get<xm_pool_slot>(map.get(), i);
            collectors.push_back(slot ? slot->collector : 0xdead);
        }
        return collectors;
    }

    static Pool pool(const std::vector<std::string>& addresses) {
        Pool pool;
        pool.name = "fdi";
        for (const auto& address : addresses) pool.collectors.push_back({*IpAddress::parse(address), 1, {}});
        return pool;
    }

    StateDir state_{"xmtest0"};
};

TEST_F(PoolTablesTest, TellsOfAMoveBeforeItWrites) {
    Balancer balancer;
    const auto range = *balancer.add(pool({"192.0.2.1", "192.0.2.2"}), 0);
    const auto slots_map = pinned("xm_slots", balancer.rows({true, true}));
    const auto pools_map = pinned("xm_pools", std::vector<xm_pool>{{XM_NO_ROW, range.base, range.count, 0}});
    auto tables = PoolTables::open(state_);
    ASSERT_TRUE(tables) << tables.error().what;
    const auto was = slots(slots_map, range.count);
    int told = 0;
    const auto written = tables->apply(balancer, 0, {true, false}, [&](const PoolTables::Move& move) {
        ++told;
        EXPECT_EQ(slots(slots_map, range.count), was);
        EXPECT_EQ(move.was, was);
        EXPECT_EQ(move.will, std::vector<std::uint32_t>(range.count, 0));
    });
    ASSERT_TRUE(written);
    EXPECT_GT(*written, range.count / 3);
    EXPECT_EQ(told, 1);
    EXPECT_EQ(slots(slots_map, range.count), std::vector<std::uint32_t>(range.count, 0));
}

TEST_F(PoolTablesTest, OfOneCollectorToo) {
    Balancer balancer;
    ASSERT_TRUE(balancer.add(pool({"192.0.2.1"}), 0));
    const auto slots_map = pinned("xm_slots", std::vector<xm_pool_slot>{{XM_NO_ROW}});
    const auto pools_map = pinned("xm_pools", std::vector<xm_pool>{{XM_NO_ROW, 0, 0, 0}});
    auto tables = PoolTables::open(state_);
    ASSERT_TRUE(tables) << tables.error().what;
    const auto collector = [&] { return array_get<xm_pool>(pools_map.get(), 0)->collector; };
    const auto written = tables->apply(balancer, 0, {true}, [&](const PoolTables::Move& move) {
        EXPECT_EQ(collector(), XM_NO_ROW);
        EXPECT_EQ(move.was, std::vector<std::uint32_t>{XM_NO_ROW});
        EXPECT_EQ(move.will, std::vector<std::uint32_t>{0});
    });
    ASSERT_TRUE(written);
    EXPECT_EQ(collector(), 0U);
}

}  // namespace
}  // namespace xdpmirror
