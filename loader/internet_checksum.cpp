// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/internet_checksum.h"

#include <cstring>

namespace xdpmirror {

std::uint32_t internet_sum(std::span<const std::uint8_t> bytes, std::uint32_t sum) {
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        std::uint16_t word = 0;
        std::memcpy(&word, bytes.data() + i, i + 1 < bytes.size() ? 2 : 1);
        sum += word;
    }
    return sum;
}

std::uint16_t internet_checksum(std::span<const std::uint8_t> bytes, std::uint32_t sum) {
    sum = internet_sum(bytes, sum);
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

}  // namespace xdpmirror
