// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/pools/pool_decision.h"

#include <algorithm>

namespace xdpmirror {

std::optional<std::vector<bool>> choose_collectors(AllDown all_down,
                                                   const std::vector<CollectorState>& states) {
    std::vector<bool> usable(states.size());
    std::transform(states.begin(), states.end(), usable.begin(),
                   [](const CollectorState& state) { return state.is_usable(); });
    const auto any = [&usable] { return std::find(usable.begin(), usable.end(), true) != usable.end(); };
    if (any()) return usable;
    if (all_down == AllDown::hold) return std::nullopt;
    if (all_down == AllDown::drop) return usable;
    // as if all were well
    std::transform(states.begin(), states.end(), usable.begin(),
                   [](const CollectorState& state) { return state.may_be_used(); });
    if (!any()) return std::nullopt;
    return usable;
}

}  // namespace xdpmirror
