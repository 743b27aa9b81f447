// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// RFC 1071.
#pragma once

#include <cstdint>
#include <span>

namespace xdpmirror {

// The checksum over `bytes`, an odd one at the end padded with zero, and what `sum` brings of others: as
// internet_sum() returns it. In the order of memory: to be copied, not converted.
std::uint32_t internet_sum(std::span<const std::uint8_t> bytes, std::uint32_t sum = 0);
std::uint16_t internet_checksum(std::span<const std::uint8_t> bytes, std::uint32_t sum = 0);

}  // namespace xdpmirror
