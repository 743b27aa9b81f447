// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/mutate.h"

#include <algorithm>

#include "selftests/fuzzing/layers.h"

namespace xdpmirror::fuzz {
namespace {

constexpr std::size_t kHeaderBytes = 160;  // where most headers are
constexpr std::uint8_t kInteresting[] = {0,    1,    2,    4,    6,    8,    17,   43,
                                         44,   51,   58,   60,   0x45, 0x4f, 0x60, 0x7f,
                                         0x80, 0x81, 0x86, 0xdd, 0xfe, 0xff};

auto at(Bytes& frame, std::size_t offset) {
    return frame.begin() + static_cast<std::ptrdiff_t>(offset);
}

void mutate(Dice& dice, Bytes& frame, View other) {
    if (frame.empty()) return;
    const std::size_t place = dice.below(std::min(frame.size(), kHeaderBytes));
    switch (dice.below(9)) {
        case 0:
        case 1:
            frame[place] ^= static_cast<std::uint8_t>(1U << dice.below(8));
            break;
        case 2:
            frame[place] = dice.byte();
            break;
        case 3:
            frame[place] = kInteresting[dice.below(std::size(kInteresting))];
            break;
        case 4:
            if (place + 1 < frame.size()) put16(frame, place, dice.word());
            break;
        case 5:
            frame.resize(dice.below(frame.size() + 1));
            break;
        case 6:
            append(frame, dice.bytes(dice.below(40)));
            break;
        case 7: {  // a few bytes out, or doubled
            const std::size_t size =
                std::min<std::size_t>(1 + dice.below(12), frame.size() - place);
            if (dice.one_in(2)) {
                frame.erase(at(frame, place), at(frame, place + size));
            } else {
                const Bytes copy(at(frame, place), at(frame, place + size));
                frame.insert(at(frame, place), copy.begin(), copy.end());
            }
            break;
        }
        default: {  // goes on as another frame
            const View tail = other.rest(dice.one_in(2) ? place : dice.below(kHeaderBytes));
            frame.resize(place);
            append(frame, tail);
        }
    }
}

}  // namespace

Bytes mutated(Dice& dice, Bytes frame, View other) {
    const std::uint32_t damages = 1 + dice.below(4);
    for (std::uint32_t i = 0; i < damages; i++) mutate(dice, frame, other);
    return frame;
}

}  // namespace xdpmirror::fuzz
