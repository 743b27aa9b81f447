// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Internet checksums: whole ones by RFC 1071, changed ones by RFC 1624.
#pragma once

#include <cstdint>
#include <utility>

#include "selftests/fuzzing/view.h"

namespace xdpmirror::reference {

// One's complement sum of 16-bit words; an odd byte at the end is the high one of its word.
class Sum {
  public:
    Sum& word(std::uint16_t value);
    Sum& bytes(View bytes);
    std::uint16_t folded() const;

  private:
    std::uint64_t sum_ = 0;
};

// RFC 1624, equation 3, once for all words that are written anew.
class ChangedSum {
  public:
    explicit ChangedSum(std::uint16_t old_checksum);
    ChangedSum& word(std::uint16_t old_word, std::uint16_t new_word);
    ChangedSum& address(const IpAddress& old_address, const IpAddress& new_address);
    std::uint16_t checksum() const;

  private:
    Sum sum_;
};

// The upper-layer checksum over pseudo-header and `segment`, whose checksum field must be zero.
std::uint16_t upper_layer_checksum(const IpAddress& from, const IpAddress& to,
                                   std::uint8_t protocol, View segment);

}  // namespace xdpmirror::reference
