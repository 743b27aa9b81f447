// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A profile and some frames as the bytes of one fuzzer input.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "selftests/fuzzing/view.h"

namespace xdpmirror::fuzz {

using reference::Bytes;
using reference::View;

struct Packets {
    std::size_t profile = 0;  // row of profiles()
    std::vector<Bytes> frames;
};

// Frames that are too short or too long for a test-run are left out; empty if none remains.
std::optional<Packets> read_packets(View input);
Bytes write_packets(const Packets& packets);

}  // namespace xdpmirror::fuzz
