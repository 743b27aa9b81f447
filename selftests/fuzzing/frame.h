// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A frame as the driver hands it over.
#pragma once

#include <cstdint>

#include "selftests/fuzzing/view.h"

namespace xdpmirror::fuzz {

using reference::Bytes;
using reference::View;

struct Frame {
    Bytes bytes;
    std::uint32_t present = 0;  // bytes in the first buffer; 0: all of them

    bool operator==(const Frame&) const = default;
};

}  // namespace xdpmirror::fuzz
