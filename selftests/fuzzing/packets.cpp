// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/packets.h"

#include <algorithm>

#include "selftests/fuzzing/frames.h"
#include "selftests/fuzzing/layers.h"
#include "selftests/fuzzing/profiles.h"

namespace xdpmirror::fuzz {
namespace {

constexpr std::size_t kMostFrames = 16;
constexpr std::uint16_t kHasBorder = 0x8000;

}  // namespace

std::optional<Packets> read_packets(View input) {
    if (input.size() < 3) return {};
    Packets packets{input.u8(0) % profiles().size(), {}};
    View left = input.from(1);
    while (left.size() > 3 && packets.frames.size() < kMostFrames) {
        const bool has_border = (left.u16(0) & kHasBorder) != 0;
        const std::size_t head = has_border ? 3 : 2;
        const std::size_t size =
            std::min<std::size_t>(left.u16(0) & ~kHasBorder, left.size() - head);
        const View frame = left.from(head).first(size);
        const std::uint32_t present = kSmallestFrame + left.u8(2);
        if (size >= kSmallestFrame && size <= kLargestFrame)
            packets.frames.push_back(
                {Bytes(frame.begin(), frame.end()), has_border && present < size ? present : 0});
        left = left.from(head + size);
    }
    if (packets.frames.empty()) return {};
    return packets;
}

Bytes write_packets(const Packets& packets) {
    Bytes out{static_cast<std::uint8_t>(packets.profile)};
    for (const Frame& frame : packets.frames) {
        const int border = frame.present != 0 ? kHasBorder : 0;
        append16(out, static_cast<std::uint16_t>(static_cast<int>(frame.bytes.size()) | border));
        if (border != 0) out.push_back(static_cast<std::uint8_t>(frame.present - kSmallestFrame));
        append(out, frame.bytes);
    }
    return out;
}

}  // namespace xdpmirror::fuzz
