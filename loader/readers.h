// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Those who may look and change nothing: the members of the group xdpmirror, where there is one.
// What they may read is given to that group; everything else stays its owner's.
#pragma once

#include <sys/types.h>

#include <string>

#include "maps/result.h"

namespace xdpmirror {

inline constexpr const char* kReaders = "xdpmirror";

// Gives a file or directory to the group with this mode. Where there is no group, or this process
// may not give it anything, it stays as it is.
void let_readers(const std::string& path, mode_t mode);

// An error with the cure if this process may not list a directory; none if there is no such
// directory.
Result<> may_look_into(const std::string& directory);

// Of somebody who may not open `path`, with the cure.
Error not_a_reader(const std::string& path, int err);

}  // namespace xdpmirror
