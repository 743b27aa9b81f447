// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The effective profile with each value's origin: a line of a file, there perhaps a variable, or a
// default.
#pragma once

#include <string>
#include <vector>

#include "config/profile.h"

namespace xdpmirror {

struct ProfileOrigins {
    std::string yaml;  // "port: 8081  # prod.yaml:12 ${PORT}": read again, it is the same Config
    std::string json;  // each value as {"value": ..., "from": ...}, with the whole path of the file
};

// Errors: as of load_profile(); what only Config can tell is not asked.
Result<ProfileOrigins> profile_origins(const std::string& name_or_path,
                                       const std::vector<std::string>& directories,
                                       const Environment& environment);

}  // namespace xdpmirror
