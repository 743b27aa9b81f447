// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A profile and some frames as the bytes of one fuzzer input: the row of the profile, then each
// frame behind its length in two bytes. With the top bit of the length set, the next byte is what
// the first buffer has beyond an Ethernet header.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "selftests/fuzzing/frame.h"

namespace xdpmirror::fuzz {

struct Packets {
    std::size_t profile = 0;  // row of profiles()
    std::vector<Frame> frames;
};

// Frames that are too short or too long for a test-run are left out; empty if none remains.
std::optional<Packets> read_packets(View input);
Bytes write_packets(const Packets& packets);

}  // namespace xdpmirror::fuzz
