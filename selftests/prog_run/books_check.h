// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Conservation, and every book to the last counter: what changed must be what the case says, and
// nothing else may.
#pragma once

#include <string>

#include "maps/books.h"
#include "selftests/prog_run/rig.h"

namespace xdpmirror::test {

// One line for each counter that differs, named as an operator would: empty if equal.
std::string books_difference(const Rig& rig, const Books& want, const Books& got);

// Promise 2 of the contract: received = delivered + sum(drops), for the interface and for each
// source; rules and collectors add up to what was delivered. Empty if it holds.
std::string conservation_violation(const Books& books);

void add_to(xm_count& count, std::uint64_t bytes);

}  // namespace xdpmirror::test
