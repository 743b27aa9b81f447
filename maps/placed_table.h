// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Lays keyed rows out in the slots of a two-choice (cuckoo) table as the data plane looks them up
// (slot.h). The same rows give the same table on every node.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "maps/layout.h"
#include "maps/slot.h"

namespace xdpmirror {

template <class Row>
struct PlacedTable {
    xm_hash hash{};
    std::vector<Row> slots;
};

// The multipliers of the n-th attempt: odd, and never the same twice.
xm_hash attempt_hash(std::uint32_t attempt, unsigned bits);

namespace detail {

template <class Key>
std::array<__u64, (sizeof(Key) + 7) / 8> words_of(const Key& key) {
    std::array<__u64, (sizeof(Key) + 7) / 8> words{};
    std::memcpy(words.data(), &key, sizeof(Key));
    return words;
}

// Random-walk insertion; nothing when some key found no slot.
template <class Row, class Key, class KeyOf>
std::optional<std::vector<Row>> try_place(const std::vector<Row>& rows, const Row& empty,
                                          const xm_hash& hash, KeyOf key_of, unsigned bits) {
    constexpr int kMostMoves = 500;
    std::vector<Row> slots(std::size_t{1} << bits, empty);
    std::vector<bool> used(slots.size(), false);
    for (Row row : rows) {
        std::uint32_t choice = 0;
        bool placed = false;
        for (int move = 0; move < kMostMoves && !placed; ++move) {
            const auto words = words_of<Key>(key_of(row));
            const auto count = static_cast<__u32>(words.size());
            auto slot = xm_slot(&hash, 0, words.data(), count);
            const auto other = xm_slot(&hash, 1, words.data(), count);
            if (used[slot] && (!used[other] || choice == 1)) slot = other;
            std::swap(row, slots[slot]);
            placed = !used[slot];
            used[slot] = true;
            // who was pushed out goes to the slot it was not in
            if (!placed) {
                const auto pushed = words_of<Key>(key_of(row));
                choice = xm_slot(&hash, 0, pushed.data(), count) == slot ? 1 : 0;
            }
        }
        if (!placed) return std::nullopt;
    }
    return slots;
}

}  // namespace detail

// `key_of(row)` is the part of a row that is its key; keys are distinct. `empty` is a row that no
// packet's key equals. The table is at least twice as large as it has rows.
template <class Row, class KeyOf>
PlacedTable<Row> place(const std::vector<Row>& rows, const Row& empty, KeyOf key_of) {
    using Key = std::remove_cvref_t<decltype(key_of(empty))>;
    static_assert(sizeof(Key) <= XM_HASH_WORDS * sizeof(__u64));
    constexpr std::uint32_t kAttemptsPerSize = 8;
    auto bits = static_cast<unsigned>(std::bit_width(std::max<std::size_t>(rows.size(), 1)));
    for (std::uint32_t attempt = 0;; ++attempt) {
        if (attempt != 0 && attempt % kAttemptsPerSize == 0) ++bits;
        const auto hash = attempt_hash(attempt, bits);
        auto slots = detail::try_place<Row, Key>(rows, empty, hash, key_of, bits);
        if (slots) return {.hash = hash, .slots = std::move(*slots)};
    }
}

}  // namespace xdpmirror
