// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A machine with one thing wrong, and what must be said of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "machines.h"

namespace xdpmirror::test {

struct DoctorCase {
    std::string name;
    Facts facts;
    std::string id;
    std::string subject;
    Level level;
    std::string found;  // the whole sentence
    std::string fix;    // likewise
    bool apply;
};

std::vector<DoctorCase> kernel_cases();
std::vector<DoctorCase> driver_cases();
std::vector<DoctorCase> offload_cases();
std::vector<DoctorCase> egress_cases();
std::vector<DoctorCase> peer_cases();

// The facts with one change.
Facts with(Facts facts, const std::function<void(Facts&)>& change);

}  // namespace xdpmirror::test
