// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Whether somebody has locked a whole file, also for those who may not open it: whoever can open a
// lock's file can hold it, too.
#pragma once

#include <string>

namespace xdpmirror {

// By F_OFD_SETLK for writing.
bool is_lock_held(const std::string& path);

}  // namespace xdpmirror
