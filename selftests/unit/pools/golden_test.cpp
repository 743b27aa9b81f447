// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The golden vectors, which reference.py and the BPF program of prog_run are held against as well.
#include "selftests/unit/pools/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "maps/flow_hash.h"
#include "selftests/unit/pools/flow.h"

namespace xdpmirror {
namespace {

// FNV-1a over each slot's place in the order of identities, most significant byte first.
std::uint64_t digest(const SlotTable& table, const std::vector<PoolMember>& members) {
    std::vector<std::uint32_t> order(members.size()), place(members.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t one, std::uint32_t other) {
        const auto &a = members[one], &b = members[other];
        return std::tie(a.address, a.port) < std::tie(b.address, b.port);
    });
    for (std::uint32_t i = 0; i < order.size(); i++) place[order[i]] = i;

    std::uint64_t hash = 0xcbf29ce484222325;
    for (const auto member : table)
        for (const int shift : {24, 16, 8, 0})
            hash = (hash ^ (place[member] >> shift & 0xff)) * 0x100000001b3;
    return hash;
}

TEST(Golden, Flows) {
    for (const auto& flow : read_golden(XM_GOLDEN).flows) {
        const auto hash = hash_of(flow);
        EXPECT_EQ(hash, flow.hash) << flow.line;
        EXPECT_EQ(xm_flow_slot(hash, 65537), flow.slot_of_65537) << flow.line;
        EXPECT_EQ(xm_flow_slot(hash, 524287), flow.slot_of_524287) << flow.line;
    }
}

TEST(Golden, Pools) {
    for (const auto& pool : read_golden(XM_GOLDEN).pools) {
        const auto maglev = Maglev::of(pool.members, pool.slots);
        ASSERT_TRUE(maglev) << pool.name << ": " << maglev.error().what;
        const auto now = maglev->table(pool.usable);
        EXPECT_EQ(digest(maglev->home(), pool.members), pool.home) << pool.name;
        EXPECT_EQ(digest(now, pool.members), pool.now) << pool.name;

        std::vector<std::uint32_t> shares(pool.members.size());
        for (const auto member : now) shares[member]++;
        EXPECT_EQ(shares, pool.shares) << pool.name;
    }
}

}  // namespace
}  // namespace xdpmirror
