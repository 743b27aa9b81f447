// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Random answers at random times, beside what must hold of any.
#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <random>

#include "loader/health/health_state.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using Time = HealthState::Time;
using Seconds = std::chrono::duration<double>;

// The whole past, looked at anew each time.
class Past {
  public:
    explicit Past(const Health& health) : health_(health) {}

    void add(bool answer) {
        answers_.push_back(answer);
        if (ends_with(true, health_.rise)) status_ = HealthStatus::up;
        if (ends_with(false, health_.fall)) status_ = HealthStatus::down;
    }
    HealthStatus status() const { return status_; }

  private:
    bool ends_with(bool answer, std::size_t count) const {
        if (answers_.size() < count) return false;
        return std::all_of(answers_.end() - static_cast<std::ptrdiff_t>(count), answers_.end(),
                           [answer](bool each) { return each == answer; });
    }

    Health health_;
    std::deque<bool> answers_;
    HealthStatus status_ = HealthStatus::unknown;
};

void walk(unsigned seed) {
    std::mt19937 random(seed);
    const auto below = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };
    const Health health{.check = IcmpCheck{}, .every = std::chrono::milliseconds(100 + below(5000)),
                        .rise = 1 + below(4), .fall = 1 + below(4)};
    const Seconds half_life = health.every * 6.0 * (health.rise + health.fall);
    HealthState state(health);
    Past past(health);
    Time now = Time{} + 1h;
    std::uint64_t falls = 0, turns = 0;
    Time last_fall{};
    bool answers = below(2), held = false;

    for (int i = 0; i < 2000; ++i) {
        now += health.every * (below(20) == 0 ? 1 + below(100) : 1);
        if (below(health.rise + health.fall) == 0) answers = !answers;
        const HealthStatus before = past.status();
        const double points = state.points(now);
        answers ? state.answered(now) : state.failed(now);
        past.add(answers);
        const bool known = before != HealthStatus::unknown && before != past.status();
        turns += known;
        if (known && past.status() == HealthStatus::down) {
            ++falls;
            last_fall = now;
            ASSERT_NEAR(state.points(now), std::min(points + 1, 4.0), 1e-9);
        } else {
            ASSERT_NEAR(state.points(now), points, 1e-9) << "only falls cost";
        }
        // Between the two thresholds it is what it was.
        held = state.points(now) >= 2.5 || (held && points >= 1);
        if (std::abs(points - 1) > 1e-6) {
            ASSERT_EQ(state.is_damped(now), held);
        }
        const HealthStatus status = state.status(now);
        ASSERT_EQ(state.transitions(), turns);
        ASSERT_EQ(status == HealthStatus::held ? HealthStatus::up : status, past.status());
        ASSERT_EQ(status == HealthStatus::held, past.status() == HealthStatus::up && state.is_damped(now));
        ASSERT_LE(state.changed(now), now);
        if (falls < 3) {
            ASSERT_FALSE(state.is_damped(now));
        }
        if (state.is_damped(now)) {
            ASSERT_LE(state.damped_until() - last_fall, half_life * 2 + 1us);
        }
        ASSERT_NEAR(state.points(now + std::chrono::duration_cast<Time::duration>(half_life)),
                    state.points(now) / 2, 1e-6);
    }
    ASSERT_GT(falls, 0U) << "or nothing was tried";
}

TEST(StateProperty, OfRandomAnswers) {
    for (unsigned seed = 0; seed < 40 && !testing::Test::HasFatalFailure(); ++seed) {
        SCOPED_TRACE(seed);
        walk(seed);
    }
}

}  // namespace
}  // namespace xdpmirror
