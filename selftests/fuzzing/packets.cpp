// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/packets.h"

#include <algorithm>

#include "selftests/fuzzing/frames.h"
#include "selftests/fuzzing/layers.h"
#include "selftests/fuzzing/profiles.h"

namespace xdpmirror::fuzz {
namespace {

constexpr std::size_t kMostFrames = 16;

}  // namespace

std::optional<Packets> read_packets(View input) {
    if (input.size() < 3) return {};
    Packets packets{input.u8(0) % profiles().size(), {}};
    View left = input.from(1);
    while (left.size() > 2 && packets.frames.size() < kMostFrames) {
        const std::size_t size = std::min<std::size_t>(left.u16(0), left.size() - 2);
        const View frame = left.from(2).first(size);
        if (size >= kSmallestFrame && size <= kLargestFrame)
            packets.frames.emplace_back(frame.begin(), frame.end());
        left = left.from(2 + size);
    }
    if (packets.frames.empty()) return {};
    return packets;
}

Bytes write_packets(const Packets& packets) {
    Bytes out{static_cast<std::uint8_t>(packets.profile)};
    for (const Bytes& frame : packets.frames) {
        append16(out, static_cast<std::uint16_t>(frame.size()));
        append(out, frame);
    }
    return out;
}

}  // namespace xdpmirror::fuzz
