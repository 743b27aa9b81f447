// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// When traffic moves from one way to another, at times that the test makes.
#include "loader/daemon/failover.h"

#include <gtest/gtest.h>

#include "loader/daemon/prober.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

constexpr auto kHold = 10s;

class Ways : public testing::Test {
  protected:
    std::size_t at(std::chrono::seconds second, const std::vector<bool>& usable,
                   std::optional<std::size_t> pinned = {}) {
        return failover_.decide(usable, Failover::Time{} + 1h + second, pinned);
    }

    Failover failover_{3, 0, kHold};
};

TEST_F(Ways, ThePrimaryIsUsedWhileItWorks) {
    EXPECT_EQ(at(0s, {true, true, true}), 0U);
    EXPECT_EQ(at(99s, {true, false, true}), 0U);
}

TEST_F(Ways, TheNextBestIsUsedAtOnce) {
    EXPECT_EQ(at(0s, {true, true, true}), 0U);
    EXPECT_EQ(at(1s, {false, true, true}), 1U);
    EXPECT_EQ(at(2s, {false, false, true}), 2U);
}

TEST_F(Ways, BackOnlyAfterTheHoldDown) {
    at(0s, {true, true, true});
    at(1s, {false, true, true});
    EXPECT_EQ(at(2s, {true, true, true}), 1U);
    EXPECT_EQ(at(11s, {true, true, true}), 1U);
    EXPECT_EQ(at(12s, {true, true, true}), 0U);
}

TEST_F(Ways, OneThatComesAndGoesBeginsAnew) {
    at(0s, {false, true, true});
    at(1s, {true, true, true});
    at(9s, {false, true, true});
    at(10s, {true, true, true});
    EXPECT_EQ(at(19s, {true, true, true}), 1U);
    EXPECT_EQ(at(20s, {true, true, true}), 0U);
}

TEST_F(Ways, AWorseOneIsNeverGoneTo) {
    at(0s, {false, true, true});
    EXPECT_EQ(at(99s, {false, true, true}), 1U);
}

TEST_F(Ways, NoHoldDownAwayFromOneThatFails) {
    at(0s, {false, true, true});
    at(1s, {true, true, true});
    EXPECT_EQ(at(2s, {true, false, true}), 0U) << "the primary has not held, but the standby is gone";
}

TEST_F(Ways, WhereNoneWorksItStays) {
    at(0s, {false, true, true});
    EXPECT_EQ(at(1s, {false, false, false}), 1U);
    EXPECT_EQ(at(2s, {false, false, true}), 2U);
}

TEST_F(Ways, AnOperatorsChoiceNeedsNoReason) {
    EXPECT_EQ(at(0s, {true, true, false}, 2), 2U);
    EXPECT_EQ(at(1s, {true, true, false}), 0U) << "unpinned: away from what does not work";
    EXPECT_EQ(at(2s, {true, true, true}, 7), 0U) << "there is no such way";
}

TEST(ProbeCount, FallsAndRisesAfterSoManyInARow) {
    ProbeCount count(3, 2);
    EXPECT_TRUE(count.is_up()) << "before anybody was asked";
    count.missed();
    count.missed();
    count.answered();
    count.missed();
    count.missed();
    EXPECT_TRUE(count.is_up());
    count.missed();
    EXPECT_FALSE(count.is_up());
    count.answered();
    count.missed();
    count.answered();
    EXPECT_FALSE(count.is_up());
    count.answered();
    EXPECT_TRUE(count.is_up());
}

}  // namespace
}  // namespace xdpmirror
