// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// rise, fall and damping, at times that the test makes.
#include "loader/health/health_state.h"

#include <gtest/gtest.h>

#include <cmath>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using enum HealthStatus;

class State : public testing::Test {
  protected:
    using Time = HealthState::Time;
    static constexpr Time kStart = Time{} + 1h;

    // One question every 2 s: 'y' is an answer, 'n' a failure, ' ' none. Returns the status after the last.
    HealthStatus asked(const std::string& answers) {
        for (const char c : answers) {
            now_ += 2s;
            if (c == 'y') state_.answered(now_);
            if (c == 'n') state_.failed(now_);
        }
        return state_.status(now_);
    }

    HealthState state_{Health{.check = IcmpCheck{}}};  // every 2s, rise 2, fall 3: a half-life is 60 s
    Time now_ = kStart;
};

TEST_F(State, UnknownUntilOneOfBothIsCertain) {
    EXPECT_EQ(asked(""), unknown);
    EXPECT_EQ(asked("y"), unknown);
    EXPECT_EQ(asked("nn"), unknown);
    EXPECT_EQ(asked("y"), unknown);
    EXPECT_EQ(state_.changed(now_), Time{});
    EXPECT_EQ(asked("y"), up);
    EXPECT_EQ(state_.changed(now_), now_);
    EXPECT_EQ(state_.transitions(), 0U) << "nothing was known before";
}

TEST_F(State, DownFromUnknown) {
    EXPECT_EQ(asked("nn"), unknown);
    EXPECT_EQ(asked("n"), down);
    EXPECT_EQ(state_.transitions(), 0U);
    EXPECT_EQ(state_.points(now_), 0);
}

TEST_F(State, FallsAndRisesAfterSoManyInARow) {
    EXPECT_EQ(asked("yy" "nnynn"), up);
    EXPECT_EQ(asked("n"), down);
    const Time fell = now_;
    EXPECT_EQ(state_.transitions(), 1U);
    EXPECT_EQ(asked("yny"), down);
    EXPECT_EQ(state_.changed(now_), fell);
    EXPECT_EQ(asked("y"), up);
    EXPECT_EQ(state_.changed(now_), now_);
    EXPECT_EQ(state_.transitions(), 2U);
}

TEST_F(State, AQuestionThatNeverLeftBreaksNoRow) {
    EXPECT_EQ(asked("yy" "n    n    n"), down);
}

TEST_F(State, AnotherWayBeginsANewRow) {
    EXPECT_EQ(asked("yynn"), up);
    state_.forget_row();
    EXPECT_EQ(asked("nn"), up);
    EXPECT_EQ(asked("n"), down);
}

TEST_F(State, TwoFallsAreNoFlapping) {
    EXPECT_EQ(asked("yy" "nnnyy" "nnnyy"), up);
    EXPECT_FALSE(state_.is_damped(now_));
}

TEST_F(State, TheThirdInAShortTimeIsHeld) {
    EXPECT_EQ(asked("yy" "nnnyy" "nnnyy" "nnn"), down);
    EXPECT_TRUE(state_.is_damped(now_)) << "visible while it is down";
    const Time fell = now_;
    const double points = 1 + std::exp2(-10.0 / 60) + std::exp2(-20.0 / 60);
    EXPECT_NEAR(state_.points(fell), points, 1e-9);
    EXPECT_EQ(asked("yy"), held);
    EXPECT_EQ(state_.transitions(), 6U);

    const auto release = state_.damped_until();
    EXPECT_NEAR(std::chrono::duration<double>(release - fell).count(), 60 * std::log2(points), 1e-6);
    EXPECT_EQ(state_.status(release - 1ns), held);
    EXPECT_EQ(state_.status(release), up) << "time alone ends it";
    EXPECT_EQ(state_.changed(release), release);
    EXPECT_EQ(state_.transitions(), 6U);
}

TEST_F(State, OnceEnoughRestIsTakenItBeginsAnew) {
    asked("yy" "nnnyy" "nnnyy" "nnnyy");
    now_ = state_.damped_until();
    EXPECT_EQ(asked("nnnyy"), up) << "not yet two points";
    EXPECT_EQ(asked("nnnyy"), held);
}

TEST_F(State, WhileItGoesOnItIsHeld) {
    asked("yy");
    for (int i = 0; i < 1000; ++i) {
        asked("nnnyy");
        if (i >= 2) {
            ASSERT_EQ(state_.status(now_), held) << i;
        }
    }
    EXPECT_LE(state_.points(now_), 4);
    EXPECT_LE(state_.damped_until() - now_, 120s) << "and not longer than two half-lives after";
    EXPECT_EQ(state_.status(now_ + 120s), up);
}

TEST_F(State, ARareFallIsNeverHeld) {
    asked("yy");
    for (int i = 0; i < 1000; ++i) {
        asked("nnnyy");
        now_ += 40s;  // one in 50 s
        asked("y");
        ASSERT_EQ(state_.status(now_), up) << i;
    }
}

TEST(SlowState, TheHalfLifeFollowsTheQuestions) {
    HealthState state(Health{.check = IcmpCheck{}, .every = 30s, .rise = 1, .fall = 1});
    auto now = HealthState::Time{} + 1h;
    state.answered(now);
    state.failed(now += 30s);
    EXPECT_NEAR(state.points(now + 360s), 0.5, 1e-9) << "6 * 2 * 30 s";
}

TEST(Names, AreThoseOfTheDocumentation) {
    EXPECT_STREQ(name_of(unknown), "unknown");
    EXPECT_STREQ(name_of(up), "up");
    EXPECT_STREQ(name_of(down), "down");
    EXPECT_STREQ(name_of(held), "held");
}

}  // namespace
}  // namespace xdpmirror
