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
    BookRows rows;          // of the profile, in `names`
    bool is_other = false;  // of another layout than this version's: `names` and `rows` are those of its books
};

// Of the configuration in a directory, of any layout. An error when it is not whole, or its profile says what
// this version does not know.
Result<Attached> read_configuration(const PinDir& directory);

Error not_attached(const std::string& interface);

// Of the one that runs. An error when the interface has no state.
Result<Attached> read_attached(const std::string& interface);
// An error, too, where the tables are of another layout than this version's.
Result<Attached> own(Result<Attached> attached, const std::string& interface);

// Parts of it. The description is read by the names of its fields where it is of another layout; features are
// then only those that can be seen from outside.
Result<xm_meta> read_meta(const PinDir& directory);
Result<BookNames> read_names(const PinDir& directory);

}  // namespace xdpmirror
