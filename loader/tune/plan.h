// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What `tune` would change, and how each change is undone. Pure.
#pragma once

#include <string>
#include <vector>

#include "loader/device/change.h"
#include "loader/tune/facts.h"

namespace xdpmirror {

struct TuneStep {
    std::string what;  // "channels", "rings", "interrupt of queue 0", ...
    std::string from;
    std::string to;
    Change change;
    Change undo;
    bool of_queues = false;  // looked at again after the channels were changed
};

struct TunePlan {
    std::vector<TuneStep> steps;
    std::vector<std::string> notes;  // what is not in the plan, and why
};

TunePlan plan_tune(const TuneFacts& facts);

}  // namespace xdpmirror
