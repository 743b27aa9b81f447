// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A file that is there whole or not at all.
#pragma once

#include <sys/types.h>

#include <string>

#include "maps/result.h"

namespace xdpmirror {

// Under a passing name, to the disk, then renamed: readers see the old text or the new one, also after a
// crash of the machine.
Result<> write_whole_file(const std::string& path, const std::string& text, mode_t mode);

// What was renamed or removed in it stays so after a crash of the machine.
Result<> sync_directory(const std::string& path);

}  // namespace xdpmirror
