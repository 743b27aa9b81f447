// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Typed reads and writes of BPF maps. A view borrows its descriptor and must not outlive its owner;
// the caller vouches that key and value types are the map's (layout.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "maps/result.h"

namespace xdpmirror {

Result<> map_set(int map_fd, const void* key, const void* value);
Result<> map_get(int map_fd, const void* key, void* value);

// Writes all rows, in batches where the kernel can; for hash, trie and array maps alike.
Result<> map_fill(int map_fd, const void* keys, std::size_t key_bytes, const void* values,
                  std::size_t value_bytes, std::size_t rows);

// The first `rows` rows of an array map, one after the other, into `values`.
Result<> map_get_rows(int map_fd, std::uint32_t rows, std::size_t value_bytes, void* values);

// All CPUs' copies of the first `rows` rows of a per-CPU array, row by row, each copy padded to 8
// bytes by the kernel. In one system call where the kernel has batches for them (5.13).
Result<std::vector<std::byte>> map_get_per_cpu(int map_fd, std::uint32_t rows,
                                               std::size_t value_bytes);

template <class Key, class Value>
Result<> map_set(int map_fd, const Key& key, const Value& value) {
    return map_set(map_fd, static_cast<const void*>(&key), static_cast<const void*>(&value));
}

template <class Value>
Result<Value> array_get(int map_fd, std::uint32_t row) {
    Value value{};
    if (auto got = map_get(map_fd, &row, &value); !got) return got.error();
    return value;
}

template <class Value>
Result<> array_fill(int map_fd, const std::vector<Value>& rows) {
    std::vector<std::uint32_t> keys(rows.size());
    for (std::uint32_t i = 0; i < keys.size(); ++i) keys[i] = i;
    return map_fill(map_fd, keys.data(), sizeof(std::uint32_t), rows.data(), sizeof(Value),
                    rows.size());
}

template <class Key, class Value>
Result<> hash_fill(int map_fd, const std::vector<std::pair<Key, Value>>& rows) {
    std::vector<Key> keys;
    std::vector<Value> values;
    keys.reserve(rows.size());
    values.reserve(rows.size());
    for (const auto& [key, value] : rows) {
        keys.push_back(key);
        values.push_back(value);
    }
    return map_fill(map_fd, keys.data(), sizeof(Key), values.data(), sizeof(Value), rows.size());
}

}  // namespace xdpmirror
