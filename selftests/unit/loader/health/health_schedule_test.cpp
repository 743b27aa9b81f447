// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Turns spread over the interval, keep their moment, and are not made up for.
#include "loader/health/health_schedule.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using Time = HealthSchedule::Time;
constexpr Time kStart = Time{} + 1h;

TEST(Schedule, NobodyIsDueWhereNobodyIs) {
    HealthSchedule schedule;
    EXPECT_FALSE(schedule.next());
    EXPECT_FALSE(schedule.take(kStart));
}

TEST(Schedule, HundredsSpreadOverTheInterval) {
    HealthSchedule schedule;
    std::array<int, 10> bins{};
    for (int i = 0; i < 500; ++i) schedule.add("fdi/10.0.0." + std::to_string(i), 2s, kStart);
    Time last = kStart;
    while (const auto next = schedule.next()) {
        ASSERT_GE(*next, last);
        ASSERT_LT(*next, kStart + 2s);
        ++bins[static_cast<std::size_t>((*next - kStart) / 200ms)];
        ASSERT_FALSE(schedule.take(*next - 1ns)) << "too early";
        ASSERT_TRUE(schedule.take(last = *next));
    }
    for (const int count : bins) {
        EXPECT_GT(count, 25);
        EXPECT_LT(count, 75);
    }
}

TEST(Schedule, TheMomentFollowsFromTheId) {
    const auto first_turn = [](const std::string& id, Time start) {
        HealthSchedule schedule;
        schedule.add(id, 2s, start);
        return *schedule.next() - start;
    };
    EXPECT_EQ(first_turn("a", kStart), first_turn("a", kStart + 12345ms));
    EXPECT_NE(first_turn("a", kStart), first_turn("b", kStart));
}

class OneTurn : public testing::Test {
  protected:
    void SetUp() override {
        schedule_.add("a", 2s, kStart);
        turn_ = *schedule_.next();
        ASSERT_EQ(schedule_.take(turn_), 0U);
    }

    HealthSchedule schedule_;
    Time turn_;
};

TEST_F(OneTurn, WhoIsTakenHasNoTime) {
    EXPECT_FALSE(schedule_.next());
}

TEST_F(OneTurn, TheNextIsAnIntervalLaterHoweverLateThisOneWas) {
    schedule_.await_turn(0, turn_ + 300ms);
    EXPECT_EQ(schedule_.next(), turn_ + 2s);
}

TEST_F(OneTurn, AnAnswerIsAwaitedForTheTimeout) {
    schedule_.await_answer(0, 1s, turn_ + 5ms);
    EXPECT_EQ(schedule_.next(), turn_ + 1005ms);
    schedule_.await_turn(0, turn_ + 10ms);
    EXPECT_EQ(schedule_.next(), turn_ + 2s) << "in place of the time limit";
    EXPECT_EQ(schedule_.take(turn_ + 2s), 0U);
    EXPECT_FALSE(schedule_.next());
}

TEST_F(OneTurn, AnAnswerIsAwaitedUntilTheNextTurnAtTheLatest) {
    schedule_.await_answer(0, 2s, turn_ + 5ms);
    EXPECT_EQ(schedule_.next(), turn_ + 2s);
    ASSERT_EQ(schedule_.take(turn_ + 2001ms), 0U);
    schedule_.await_turn(0, turn_ + 2001ms);
    EXPECT_EQ(schedule_.next(), turn_ + 2s) << "which is now, and not lost";
}

TEST_F(OneTurn, TurnsThatWereMissedAreNotMadeUpFor) {
    schedule_.await_turn(0, turn_ + 9s);
    EXPECT_EQ(schedule_.next(), turn_ + 8s);
    ASSERT_EQ(schedule_.take(turn_ + 9s), 0U);
    schedule_.await_turn(0, turn_ + 9s);
    EXPECT_EQ(schedule_.next(), turn_ + 10s);
}

}  // namespace
}  // namespace xdpmirror
