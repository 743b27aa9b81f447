// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The first file of a backup: of which node it is, what was attached there, and the hash of every
// other file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loader/backup/backup_file.h"
#include "maps/result.h"

namespace xdpmirror {

inline constexpr const char* kManifestName = "manifest.json";

// An attachment as it was: its configuration, whatever became of the profile's file.
struct BackupAttachment {
    std::string interface;
    std::string profile;  // its name, as given
    std::string mode;     // native, generic
    bool shared = false;  // behind the libxdp dispatcher
    std::string effective_json;

    bool operator==(const BackupAttachment&) const = default;
};

struct Manifest {
    std::string version;  // of the program
    std::string host;
    std::uint64_t time_ns = 0;  // CLOCK_REALTIME
    std::vector<BackupAttachment> attachments;

    bool operator==(const Manifest&) const = default;
};

struct Backup {
    Manifest manifest;
    std::vector<BackupFile> files;  // the manifest's own is not among them
};

// A .tar.gz with the manifest first.
Result<std::string> to_archive(const Backup& backup);
// Errors say what is wrong with the archive, without its name: the whole of it is right, or nothing
// is used.
Result<Backup> from_archive(const std::string& bytes);

}  // namespace xdpmirror
