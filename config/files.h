// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Where profiles lie, and their text. The only part of config/ that touches the file system.
#pragma once

#include <string>
#include <vector>

#include "maps/result.h"

namespace xdpmirror {

// True for what find_profile() takes as a path and not as a name.
bool is_profile_path(const std::string& name_or_path);

Result<std::string> read_profile_text(const std::string& path);

// Two spellings of one file give the same text; a file that does not exist is its own spelling.
std::string file_identity(const std::string& path);

std::string directory_of(const std::string& path);

// The path as seen from a directory; an absolute one stays as it is.
std::string path_from(const std::string& directory, const std::string& path);

}  // namespace xdpmirror
