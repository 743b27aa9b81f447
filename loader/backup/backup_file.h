// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A file of a backup, and where such files may lie.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "maps/result.h"

namespace xdpmirror {

struct BackupFile {
    std::string path;  // from the root, without the first slash: "etc/xdpmirror/prod.yaml"
    mode_t mode = 0;   // permissions alone
    std::string text;

    bool operator==(const BackupFile&) const = default;
};

// What xdpmirror keeps on a node. Nothing else is put there from a backup.
bool is_backup_path(const std::string& path);

}  // namespace xdpmirror
