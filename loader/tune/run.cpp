// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/tune/run.h"

namespace xdpmirror {

Result<std::vector<TuneResult>> apply_steps(const std::vector<TuneStep>& steps, TuneRecord& record,
                                            const MakeChange& make, const KeepRecord& keep) {
    const auto before = record;
    std::vector<TuneResult> results;
    for (const auto& step : steps) record.add(step);
    if (auto kept = keep(record); !kept) return kept.error();
    record = before;
    for (const auto& step : steps) {
        auto made = make(step.change);
        results.push_back({step, made ? std::string() : one_line(made.error())});
        if (made) record.add(step);
    }
    if (auto kept = keep(record); !kept) return kept.error();
    return results;
}

std::vector<TuneResult> revert_steps(TuneRecord& record, const MakeChange& make) {
    std::vector<TuneResult> results;
    const auto steps = record.steps;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        auto made = make(step->undo);
        auto undone = *step;
        undone.change = step->undo;
        std::swap(undone.from, undone.to);
        results.push_back({undone, made ? std::string() : one_line(made.error())});
        if (made) record.remove(*step);
    }
    return results;
}

}  // namespace xdpmirror
