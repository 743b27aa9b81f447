// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a change of profile would do, in words: the differences, and how many exporters get another
// collector.
#pragma once

#include <string>
#include <vector>

#include "config/moved_share.h"
#include "config/profile.h"

namespace xdpmirror {

struct ChangeDescription {
    bool is_same = true;  // no difference at all
    std::string text;     // lines; "no difference" if there is none
    std::string json;     // {"same", "differences": [...], "pools": [{"pool", "moved_share", ...}]}
};

// `unused_before` and `unused_after`: collectors by row that take nothing, drained ones above all.
ChangeDescription describe_change(const Profile& before, const Profile& after,
                                  const std::vector<KnownExporter>& known,
                                  const std::vector<bool>& unused_before = {},
                                  const std::vector<bool>& unused_after = {});

}  // namespace xdpmirror
