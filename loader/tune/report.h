// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A plan, or what became of it, for a terminal and for scripts (docs/doctor.md has the keys).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "loader/tune/run.h"

namespace xdpmirror {

struct TuneReport {
    enum class Did { nothing, apply, revert };

    std::string interface;
    Did did = Did::nothing;
    std::vector<TuneResult> results;  // with `nothing`, what would be done
    std::vector<std::string> notes;
};

std::string tune_text(const TuneReport& report);
nlohmann::ordered_json tune_json(const TuneReport& report);
std::size_t refusals(const TuneReport& report);

}  // namespace xdpmirror
