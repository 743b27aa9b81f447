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

// By index of the profile's sources, rules and collectors. Those of other layouts are left out for somebody who may
// not read how they are laid out.
Result<Books> read_attachment_books(const StateDir& state, const Attached& attached);

// Where the books of a layout are kept while a configuration of another one runs: former_<hash>.
PinDir former_books(const StateDir& state, std::uint64_t layout_hash);
// Keeps those of the running configuration, before one of another layout takes its place. They count once, also
// while both are there.
Result<> keep_books(const StateDir& state, const PinDir& running, std::uint64_t layout_hash);

// The maps that are books, by name.
const std::vector<std::string>& book_names();

}  // namespace xdpmirror
