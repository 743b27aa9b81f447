// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A file that one process holds for as long as it lives: the lock dies with its holder. Whether it is held can be
// asked without taking it, also by those who may not open it: whoever can open a lock's file can hold it, too.
#pragma once

#include <string>

#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// Makes the file, mode 0600, and its directory. An error with EAGAIN if somebody holds it.
Result<UniqueFd> hold_lock(const std::string& path);

bool is_lock_held(const std::string& path);

}  // namespace xdpmirror
