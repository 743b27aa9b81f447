// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/pools/pool_decision.h"

#include <gtest/gtest.h>

namespace xdpmirror::test {
namespace {

const CollectorState kWell{};
const CollectorState kDrained{.drained = true};
const CollectorState kWeightless{.weighs = false};
const CollectorState kSick{.unhealthy = "connection refused"};
const CollectorState kCutOff{.no_way = "no carrier"};

using Flags = std::optional<std::vector<bool>>;

Flags chosen(AllDown all_down, const std::vector<CollectorState>& states) {
    return choose_collectors(all_down, states);
}

TEST(PoolDecision, TakesThoseThatNothingSpeaksAgainst) {
    for (const AllDown any : {AllDown::hold, AllDown::drop, AllDown::spread})
        EXPECT_EQ(chosen(any, {kWell, kDrained, kWeightless, kSick, kCutOff}),
                  Flags({true, false, false, false, false}));
}

TEST(PoolDecision, HoldLeavesItAsItIs) {
    EXPECT_EQ(chosen(AllDown::hold, {kSick, kCutOff, kDrained}), std::nullopt);
}

TEST(PoolDecision, DropTakesNobody) {
    EXPECT_EQ(chosen(AllDown::drop, {kSick, kCutOff}), Flags({false, false}));
}

TEST(PoolDecision, SpreadTakesAllButThoseThatMayNotBeUsed) {
    EXPECT_EQ(chosen(AllDown::spread, {kSick, kCutOff, kDrained, kWeightless}),
              Flags({true, true, false, false}));
    EXPECT_EQ(chosen(AllDown::spread, {kDrained, kWeightless}), std::nullopt);
}

TEST(PoolDecision, OneWithoutWeightIsNobody) {
    EXPECT_EQ(chosen(AllDown::hold, {kSick, kWeightless}), std::nullopt);
    EXPECT_EQ(chosen(AllDown::drop, {kSick, kWeightless}), Flags({false, false}));
}

}  // namespace
}  // namespace xdpmirror::test
