// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A .tar.gz as a value, by libarchive: regular files alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loader/backup/backup_file.h"
#include "maps/result.h"

namespace xdpmirror {

// `time` of all files: seconds of CLOCK_REALTIME.
Result<std::string> pack(const std::vector<BackupFile>& files, std::int64_t time);

// In the order of the archive. Errors: it is cut, too large, or has something that is no regular
// file, twice the same path, or one that leads elsewhere.
Result<std::vector<BackupFile>> unpack(const std::string& bytes);

}  // namespace xdpmirror
