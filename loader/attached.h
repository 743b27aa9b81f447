// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One pinned configuration as it describes itself: what it is, its profile, and whom its books count for.
#pragma once

#include <string>

#include "config/book_names.h"
#include "config/profile.h"
#include "loader/pin_dir.h"
#include "maps/layout.h"
#include "maps/result.h"

namespace xdpmirror {

struct Attached {
    PinDir directory;
    xm_meta meta{};
    Profile profile;
    BookNames names;
    BookRows rows;  // of the profile, in `names`
};

// Of the configuration in a directory, that of `interface`. An error when it is of another layout, or not whole.
Result<Attached> read_configuration(const PinDir& directory, const std::string& interface);

// Of the one that runs. An error when the interface has no state.
Result<Attached> read_attached(const std::string& interface);

// The description alone.
Result<xm_meta> read_meta(const PinDir& directory);

}  // namespace xdpmirror
