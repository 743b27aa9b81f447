// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which of its ways a collector is reached by: the best one that works, with a pause before going back,
// so that a way that comes and goes does not take the traffic with it. Knows no clock and no network.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace xdpmirror {

class Failover {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // `first` is the way in use. A better one must have worked for `hold_down` before it is taken while
    // the one in use works.
    Failover(std::size_t ways, std::size_t first, std::chrono::milliseconds hold_down);

    // The way to use from now on: best first in `usable`. Away from one that does not work at once;
    // where none works it stays, since a way that is down may be up again before we know. `pinned` is
    // an operator's choice and needs no reason.
    std::size_t decide(const std::vector<bool>& usable, Time now, std::optional<std::size_t> pinned);

    std::size_t current() const { return current_; }

  private:
    bool has_held(std::size_t way, Time now) const;

    std::vector<std::optional<Time>> usable_since_;
    std::size_t current_;
    std::chrono::milliseconds hold_down_;
};

}  // namespace xdpmirror
