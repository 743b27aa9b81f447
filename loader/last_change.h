// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How the last command of each kind ended that was to change an attachment, for those who watch
// from outside: /run/xdpmirror/<interface>.changes. A failure leaves no other trace than a line in
// the journal.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace xdpmirror {

struct LastChange {
    std::uint64_t at_ns = 0;  // CLOCK_REALTIME
    std::string why_not;      // one line; empty: it is done
};

// By command: "attach", "reload". Empty if there was none, or it cannot be read.
std::map<std::string, LastChange> read_last_changes(const std::string& interface);

// What cannot be written is not known: packets matter more.
void write_last_change(const std::string& interface, const std::string& command,
                       const LastChange& change);
void remove_last_changes(const std::string& interface);

}  // namespace xdpmirror
