// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What one attachment's pinned state says, read once: everything that status, drops, rules and
// sources print. Reading changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/profile.h"
#include "loader/attached.h"
#include "loader/confirm.h"
#include "loader/pools/overrides.h"
#include "maps/books.h"
#include "maps/layout.h"
#include "maps/result.h"

namespace xdpmirror {

struct ProgramView {
    std::uint32_t id = 0;
    std::string name;
    std::string tag;
};

struct AttachmentView : Attached {
    std::string interface;
    bool attached = false;  // false: the interface went away under the link
    ProgramView program;
    Books books;
    std::vector<xm_collector> collectors;  // by row
    std::vector<xm_next_hop> next_hops;    // by row
    std::vector<std::uint32_t> slots;      // by row of xm_collectors: of its pool, that are its own
    Overrides overrides;                   // what an operator has said of collectors
    std::vector<std::string> why_path;     // by row of xm_egress: why packets leave in this way
    bool redirect_errors_counted = false;
    std::optional<Trial> trial;            // until the attachment is confirmed
    std::vector<std::string> warnings;     // what an operator should look at now
};

// An error when the interface has no state, or one of another layout.
Result<AttachmentView> read_view(const std::string& interface);

// The same configuration once more, as its tables and books are by now. The view stays as it was on an error.
Result<> read_again(AttachmentView& view);

}  // namespace xdpmirror
