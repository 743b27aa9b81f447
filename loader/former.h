// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the configuration that runs leaves to the one that takes its place: books and memory, the rows that
// names have in the books, and what a daemon has found out about ways and collectors. Books of another layout
// are not taken over, but kept beside (loader/attachment_books.h); the memory of one is left behind.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "loader/attached.h"
#include "loader/data_plane.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

struct Former {
    Attached attached;
    BookNames names;  // of this layout's books; of another layout's none, unless this one ran before
    std::vector<std::pair<std::string, UniqueFd>> lasting;  // maps, by name
    // By Plan::CollectorRow::label; empty unless a daemon watches, since otherwise nobody would correct them.
    std::map<std::string, std::string> ways;  // the interface that its packets leave by
    std::set<std::string> unusable;           // takes no packets although the profile gives it some

    SharedMaps shared() const;
    // Reads a row of a book.
    BookReaders readers() const;
};

Result<Former> read_former(const std::string& interface);

}  // namespace xdpmirror
