// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/sums.h"

namespace xdpmirror::reference {
namespace {

std::uint16_t inverse(std::uint16_t value) {
    return static_cast<std::uint16_t>(~value);
}

View bytes_of(const IpAddress& address) {
    return std::span(address.bytes).first(address.family == Family::ipv4 ? 4 : 16);
}

}  // namespace

Sum& Sum::word(std::uint16_t value) {
    sum_ += value;
    return *this;
}

Sum& Sum::bytes(View bytes) {
    std::size_t at = 0;
    for (; at + 1 < bytes.size(); at += 2) sum_ += bytes.u16(at);
    if (at < bytes.size()) sum_ += static_cast<std::uint64_t>(bytes.u8(at) << 8);
    return *this;
}

std::uint16_t Sum::folded() const {
    std::uint64_t sum = sum_;
    while (sum > 0xffff) sum = (sum >> 16) + (sum & 0xffff);
    return static_cast<std::uint16_t>(sum);
}

ChangedSum::ChangedSum(std::uint16_t old_checksum) {
    sum_.word(inverse(old_checksum));
}

ChangedSum& ChangedSum::word(std::uint16_t old_word, std::uint16_t new_word) {
    sum_.word(inverse(old_word)).word(new_word);
    return *this;
}

ChangedSum& ChangedSum::address(const IpAddress& old_address, const IpAddress& new_address) {
    const View was = bytes_of(old_address);
    const View is = bytes_of(new_address);
    for (std::size_t at = 0; at < was.size(); at += 2) word(was.u16(at), is.u16(at));
    return *this;
}

std::uint16_t ChangedSum::checksum() const {
    return inverse(sum_.folded());
}

std::uint16_t upper_layer_checksum(const IpAddress& from, const IpAddress& to,
                                   std::uint8_t protocol, View segment) {
    Sum sum;
    sum.bytes(bytes_of(from)).bytes(bytes_of(to)).word(protocol);
    sum.word(static_cast<std::uint16_t>(segment.size() >> 16));
    sum.word(static_cast<std::uint16_t>(segment.size() & 0xffff));
    return inverse(sum.bytes(segment).folded());
}

}  // namespace xdpmirror::reference
