// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Making the changes of a plan, and undoing them. A refusal does not stop the rest.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "loader/tune/plan.h"
#include "loader/tune/record.h"

namespace xdpmirror {

struct TuneResult {
    TuneStep step;
    std::string error;  // empty: it is done
};

// The machine's hand, or a test's.
using MakeChange = std::function<Result<>(const Change&)>;
using KeepRecord = std::function<Result<>(const TuneRecord&)>;

// Every step is in the record before it is made, and out of it again if it was refused. An error:
// the record could not be kept; if that was before the first step, nothing was changed.
Result<std::vector<TuneResult>> apply_steps(const std::vector<TuneStep>& steps, TuneRecord& record,
                                            const MakeChange& make, const KeepRecord& keep);

// The last first. What was refused stays in the record; keeping it is the caller's.
std::vector<TuneResult> revert_steps(TuneRecord& record, const MakeChange& make);

}  // namespace xdpmirror
