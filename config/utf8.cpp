// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// RFC 3629 section 4, the syntax of UTF-8 byte sequences.
#include "config/utf8.h"

#include <cstddef>
#include <cstdint>

namespace xdpmirror {
namespace {

// Bytes that follow a lead byte, and the range of the first of them; the others are 0x80 to 0xbf.
struct Sequence {
    std::size_t following = 0;
    std::uint8_t lowest = 0x80;
    std::uint8_t highest = 0xbf;
};

// False for a byte that begins no sequence.
bool sequence_of(std::uint8_t lead, Sequence& sequence) {
    if (lead < 0x80) {
        sequence = {};
    } else if (lead >= 0xc2 && lead <= 0xdf) {
        sequence = {1};
    } else if (lead >= 0xe0 && lead <= 0xef) {
        sequence = {2, static_cast<std::uint8_t>(lead == 0xe0 ? 0xa0 : 0x80),
                    static_cast<std::uint8_t>(lead == 0xed ? 0x9f : 0xbf)};
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        sequence = {3, static_cast<std::uint8_t>(lead == 0xf0 ? 0x90 : 0x80),
                    static_cast<std::uint8_t>(lead == 0xf4 ? 0x8f : 0xbf)};
    } else {
        return false;
    }
    return true;
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); at++) {
        Sequence sequence;
        if (!sequence_of(static_cast<std::uint8_t>(text[at]), sequence) ||
            sequence.following >= text.size() - at) {
            return false;
        }
        for (std::size_t i = 1; i <= sequence.following; i++) {
            const auto byte = static_cast<std::uint8_t>(text[at + i]);
            if (byte < (i == 1 ? sequence.lowest : 0x80) ||
                byte > (i == 1 ? sequence.highest : 0xbf)) {
                return false;
            }
        }
        at += sequence.following;
    }
    return true;
}

}  // namespace xdpmirror
