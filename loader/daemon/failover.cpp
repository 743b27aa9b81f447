// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/failover.h"

namespace xdpmirror {

Failover::Failover(std::size_t ways, std::size_t first, std::chrono::milliseconds hold_down)
    : usable_since_(ways), current_(first), hold_down_(hold_down) {}

bool Failover::has_held(std::size_t way, Time now) const {
    return now - *usable_since_[way] >= hold_down_;
}

std::size_t Failover::decide(const std::vector<bool>& usable, Time now,
                             std::optional<std::size_t> pinned) {
    for (std::size_t i = 0; i < usable_since_.size(); ++i) {
        if (!usable[i])
            usable_since_[i].reset();
        else if (!usable_since_[i])
            usable_since_[i] = now;
    }
    if (pinned && *pinned < usable.size()) return current_ = *pinned;
    for (std::size_t i = 0; i < usable.size(); ++i) {
        if (!usable[i]) continue;
        // the one in use, one to flee to, or a better one that has proved itself
        if (i == current_ || !usable[current_] || (i < current_ && has_held(i, now)))
            return current_ = i;
    }
    return current_;
}

}  // namespace xdpmirror
