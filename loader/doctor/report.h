// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Findings for a terminal and for scripts (docs/doctor.md has the keys).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "loader/doctor/finding.h"

namespace xdpmirror {

// One change that --apply made, or why it did not.
struct Applied {
    Change change;
    std::string error;  // empty: it is done
};

std::string doctor_text(const Facts& facts, const Findings& findings,
                        const std::vector<Applied>& applied);
nlohmann::ordered_json doctor_json(const Facts& facts, const Findings& findings,
                                   const std::vector<Applied>& applied);

}  // namespace xdpmirror
