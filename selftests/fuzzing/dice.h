// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Chance that can be repeated: the same seed throws the same.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <vector>

#include "config/address.h"
#include "selftests/fuzzing/view.h"

namespace xdpmirror::fuzz {

using reference::Bytes;
using reference::View;

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}

    std::uint32_t below(std::size_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    bool percent(std::uint32_t chance) { return below(100) < chance; }
    std::uint8_t byte() { return static_cast<std::uint8_t>(random_()); }
    std::uint32_t word32() { return static_cast<std::uint32_t>(random_()); }
    Bytes bytes(std::size_t size) {
        Bytes out(size);
        for (auto& b : out) b = byte();
        return out;
    }

    // Words that sums and comparisons trip over come up often.
    std::uint16_t word() {
        constexpr std::uint16_t kEdges[] = {0, 1, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff};
        return one_in(3) ? kEdges[below(8)] : static_cast<std::uint16_t>(random_());
    }

    template <class T>
    const T& of(const std::vector<T>& values) {
        return values[below(values.size())];
    }
    template <class T>
    T of(std::initializer_list<T> values) {
        return values.begin()[below(values.size())];
    }

    // Within the prefix; its first and last address come up often.
    IpAddress address(const Prefix& prefix) {
        IpAddress address = prefix.address;
        const std::uint32_t kind = below(6);
        for (std::size_t bit = prefix.length; bit < address_bits(address.family); bit++) {
            const bool is_set = kind == 0 ? false : kind == 1 ? true : one_in(2);
            const auto mask = static_cast<std::uint8_t>(0x80 >> bit % 8);
            if (is_set) address.bytes[bit / 8] = address.bytes[bit / 8] | mask;
        }
        return address;
    }

  private:
    std::mt19937_64 random_;
};

}  // namespace xdpmirror::fuzz
