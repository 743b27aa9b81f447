// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The books of an attachment: those that the running configuration counts in, and those of versions with another
// layout that ran before it, which stay pinned as they were and are added up by the names of their fields. So an
// upgrade copies nothing, and no packet falls between two books.
#pragma once

#include <string>
#include <vector>

#include "loader/attached.h"
#include "loader/state_dir.h"
#include "maps/books.h"
#include "maps/result.h"

namespace xdpmirror {

// By index of the profile's sources, rules and collectors. Books of another layout are described by BTF, which the
// kernel gives to CAP_SYS_ADMIN alone: without it their directories are in `left_out`, and they in no sum.
Result<Books> read_attachment_books(const StateDir& state, const Attached& attached,
                                    std::vector<std::string>& left_out);

// Where the books of a layout are kept while a configuration of another one runs: former_<hash>.
PinDir former_books(const StateDir& state, std::uint64_t layout_hash);
// Keeps those of the running configuration, before one of another layout takes its place. They count once, also
// while both are there.
Result<> keep_books(const StateDir& state, const PinDir& running, std::uint64_t layout_hash);
// Takes away what a loader that was killed while it kept them has left half done.
Result<> tidy_former_books(const StateDir& state);

// The maps that are books, by name.
const std::vector<std::string>& book_names();

}  // namespace xdpmirror
