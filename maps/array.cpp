// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// BPF map system calls behind Results.
#include "maps/array.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>

namespace xdpmirror {

Result<> map_set(int map_fd, const void* key, const void* value) {
    if (bpf_map_update_elem(map_fd, key, value, BPF_ANY) != 0) {
        const int err = errno;
        return system_error("write a map row", err);
    }
    return Ok{};
}

Result<> map_get(int map_fd, const void* key, void* value) {
    if (bpf_map_lookup_elem(map_fd, key, value) != 0) {
        const int err = errno;
        return system_error("read a map row", err);
    }
    return Ok{};
}

Result<> map_fill(int map_fd, const void* keys, std::size_t key_bytes, const void* values,
                  std::size_t value_bytes, std::size_t rows) {
    if (rows == 0) return Ok{};
    auto count = static_cast<std::uint32_t>(rows);
    if (bpf_map_update_batch(map_fd, keys, values, &count, nullptr) == 0) return Ok{};
    // no batch for this map type in this kernel: row by row, which also finds the true error
    const auto* key = static_cast<const std::byte*>(keys);
    const auto* value = static_cast<const std::byte*>(values);
    for (std::size_t i = 0; i < rows; ++i, key += key_bytes, value += value_bytes) {
        if (auto set = map_set(map_fd, static_cast<const void*>(key),
                               static_cast<const void*>(value));
            !set)
            return set.error();
    }
    return Ok{};
}

Result<> map_get_rows(int map_fd, std::uint32_t rows, std::size_t value_bytes, void* values) {
    if (rows > 1) {
        std::vector<std::uint32_t> keys(rows);
        std::uint32_t next = 0;
        std::uint32_t count = rows;
        const int err =
            bpf_map_lookup_batch(map_fd, nullptr, &next, keys.data(), values, &count, nullptr);
        // ENOENT: the map ended with these rows
        if ((err == 0 || errno == ENOENT) && count == rows) return Ok{};
    }
    auto* value = static_cast<std::byte*>(values);
    for (std::uint32_t row = 0; row < rows; ++row, value += value_bytes) {
        if (auto got = map_get(map_fd, &row, value); !got) return got;
    }
    return Ok{};
}

Result<std::vector<std::byte>> map_get_per_cpu(int map_fd, std::uint32_t rows,
                                               std::size_t value_bytes) {
    const int cpus = libbpf_num_possible_cpus();
    if (cpus < 0) return system_error("count the possible CPUs", -cpus);
    const std::size_t stride = (value_bytes + 7) / 8 * 8 * static_cast<std::size_t>(cpus);
    std::vector<std::byte> copies(stride * rows);
    if (rows > 1) {
        std::vector<std::uint32_t> keys(rows);
        std::uint32_t next = 0;
        std::uint32_t count = rows;
        const int err = bpf_map_lookup_batch(map_fd, nullptr, &next, keys.data(), copies.data(),
                                             &count, nullptr);
        // ENOENT: the map ended with these rows
        if ((err == 0 || errno == ENOENT) && count == rows) return copies;
    }
    for (std::uint32_t row = 0; row < rows; ++row) {
        if (auto got = map_get(map_fd, &row, copies.data() + row * stride); !got)
            return got.error();
    }
    return copies;
}

}  // namespace xdpmirror
