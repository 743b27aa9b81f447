// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The files of a node: into a backup, and from one, all of them or none.
#pragma once

#include <string>
#include <vector>

#include "loader/backup/backup_file.h"
#include "maps/result.h"

namespace xdpmirror {

// Profiles, the service's settings, what was drained, the history. Sorted. `root` is another one
// only in tests.
Result<std::vector<BackupFile>> collect_node_files(const std::string& root = "/");

enum class FileFate { create, same, replace };

// What would become of the node's file of that path.
Result<FileFate> fate_of(const BackupFile& file, const std::string& root = "/");

// Writes those that are not there already as they are. After an error every file is as it was.
Result<> put_files(const std::vector<BackupFile>& files, const std::string& root = "/");

}  // namespace xdpmirror
