// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The hash that tells whether a binary may adopt pinned state: equal only if every struct in a map
// has the same size, the reason lists are the same, and the layout version is the same.
#pragma once

#include <cstdint>

namespace xdpmirror {

std::uint64_t layout_hash();

}  // namespace xdpmirror
