// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The profiles that frames are made for; together they turn on every feature.
#pragma once

#include <span>

namespace xdpmirror::fuzz {

struct NamedProfile {
    const char* name;
    const char* yaml;
    // Every destination is ours and every route is good, as for `explain`.
    bool on_paper = false;
};

std::span<const NamedProfile> profiles();

}  // namespace xdpmirror::fuzz
