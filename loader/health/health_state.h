// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Whether a collector may be used, from what it answered: `rise` and `fall` in a row, and damping of
// those that come and go, as BGP damps routes (RFC 2439). Knows no clock and no network.
//
// Each time it goes down it gets one point; points halve in 6 * (rise + fall) * every. At 2.5 points it is
// held: not used, although it answers, until it has one point. It never has more than four.
#pragma once

#include <chrono>
#include <cstdint>

#include "config/health.h"

namespace xdpmirror {

enum class HealthStatus {
    unknown,  // not asked often enough: leave it as it was
    up,
    down,
    held,  // it answers, but has come and gone too often
};

const char* name_of(HealthStatus status);

class HealthState {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit HealthState(const Health& health);

    // What one question came to. A question that never left by our own fault is none.
    void answered(Time now);
    void failed(Time now);
    // It is asked by another way: what it did in a row by the old one counts no more.
    void forget_row() { answered_ = failed_ = 0; }

    HealthStatus status(Time now) const;
    // Too many points, whether it answers or not.
    bool is_damped(Time now) const { return now < damped_until_; }
    Time damped_until() const { return damped_until_; }
    double points(Time now) const;

    // When status() became what it is; zero while unknown.
    Time changed(Time now) const;
    // Up to down and down to up, without the first that became known.
    std::uint64_t transitions() const { return transitions_; }

  private:
    void turn(HealthStatus to, Time now);
    void add_point(Time now);

    std::uint32_t rise_, fall_;
    std::chrono::duration<double> half_life_;
    std::uint32_t answered_ = 0, failed_ = 0;  // in a row
    HealthStatus answer_ = HealthStatus::unknown;  // without damping
    Time turned_{};                                // when answer_ became what it is
    double points_ = 0;                            // at points_at_
    Time points_at_{};
    Time damped_until_{};
    std::uint64_t transitions_ = 0;
};

}  // namespace xdpmirror
