// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The end of damping is computed when a point is added, so that time alone can end it.
#include "loader/health/health_state.h"

#include <algorithm>
#include <cmath>

namespace xdpmirror {
namespace {

// In points; docs/configuration.md says them in words.
constexpr double kHold = 2.5;
constexpr double kRelease = 1;
constexpr double kMost = 4;  // so the longest hold is two half-lives
// The shortest time in which a collector can go down and come up is rise + fall questions.
constexpr double kHalfLife = 6;

}  // namespace

const char* name_of(HealthStatus status) {
    switch (status) {
        case HealthStatus::up:
            return "up";
        case HealthStatus::down:
            return "down";
        case HealthStatus::held:
            return "held";
        case HealthStatus::unknown:
            break;
    }
    return "unknown";
}

HealthState::HealthState(const Health& health)
    : rise_(health.rise),
      fall_(health.fall),
      half_life_(health.every * kHalfLife * (health.rise + health.fall)) {}

void HealthState::answered(Time now) {
    failed_ = 0;
    answered_ = std::min(answered_ + 1, rise_);
    if (answered_ == rise_) turn(HealthStatus::up, now);
}

void HealthState::failed(Time now) {
    answered_ = 0;
    failed_ = std::min(failed_ + 1, fall_);
    if (failed_ == fall_) turn(HealthStatus::down, now);
}

void HealthState::turn(HealthStatus to, Time now) {
    if (answer_ == to) return;
    if (answer_ != HealthStatus::unknown) {
        ++transitions_;
        if (to == HealthStatus::down) add_point(now);
    }
    answer_ = to;
    turned_ = now;
}

double HealthState::points(Time now) const {
    return points_ * std::exp2(-(std::max(now, points_at_) - points_at_) / half_life_);
}

void HealthState::add_point(Time now) {
    points_ = std::min(points(now) + 1, kMost);
    points_at_ = now;
    if (points_ < kHold && !is_damped(now)) return;
    damped_until_ =
        now + std::chrono::ceil<Time::duration>(half_life_ * std::log2(points_ / kRelease));
}

HealthStatus HealthState::status(Time now) const {
    return answer_ == HealthStatus::up && is_damped(now) ? HealthStatus::held : answer_;
}

HealthState::Time HealthState::changed(Time now) const {
    if (status(now) != HealthStatus::up || is_damped(now)) return turned_;
    return std::max(turned_, damped_until_);
}

}  // namespace xdpmirror
