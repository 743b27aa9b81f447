// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// When which collector's turn is: each has a moment of its own in its interval, which follows from its
// id, so that hundreds of them spread, and do so alike after every start. Knows no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace xdpmirror {

class HealthSchedule {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Duration = std::chrono::milliseconds;

    // Numbered from 0. Its first turn is within `every` of `now`, or at `turn`.
    void add(std::string_view id, Duration every, Time now, std::optional<Time> turn = std::nullopt);
    // Its last turn, or the next where it waits for that.
    Time turn(std::size_t number) const { return entries_[number].turn; }

    // When take() has somebody.
    std::optional<Time> next() const;
    // Whose time has come, earliest first; it has none any more.
    std::optional<std::size_t> take(Time now);

    // Its time is its next turn; turns that have passed are left out, but for the last.
    void await_turn(std::size_t number, Time now);
    // Its time is when it has been waited for long enough: its next turn at the latest. Returns that.
    Time await_answer(std::size_t number, Duration timeout, Time now);

  private:
    struct Entry {
        Duration every;
        Time turn;
        Time time;  // in times_
    };

    void set(std::size_t number, Time time);

    std::vector<Entry> entries_;
    std::set<std::pair<Time, std::size_t>> times_;
};

}  // namespace xdpmirror
