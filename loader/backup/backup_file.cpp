// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/backup/backup_file.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace xdpmirror {
namespace {

constexpr std::array kPlaces = {"etc/xdpmirror/", "etc/default/xdpmirror-", "var/lib/xdpmirror/"};

}  // namespace

bool is_backup_path(const std::string& path) {
    const bool is_ours = std::ranges::any_of(
        kPlaces, [&path](const char* place) { return path.starts_with(place); });

    // Spelled in the one way that has no "..", no "." and no empty part.
    return is_ours && !path.ends_with('/') && path.find('\0') == std::string::npos &&
           std::filesystem::path(path).lexically_normal().native() == path;
}

}  // namespace xdpmirror
