// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/shim/machine.h"

#include <linux/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace xdpmirror::shim {
namespace {

constexpr std::uint8_t kGarbage = 0xa5;

Row bytes_of(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    return {bytes, bytes + size};
}

std::uint32_t prefix_bits(const Row& key) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, key.data(), sizeof(bits));
    return bits;
}

bool is_prefix_of(const Row& prefix, const Row& key) {
    const std::uint32_t bits = prefix_bits(prefix);
    if (bits > prefix_bits(key)) return false;
    for (std::uint32_t bit = 0; bit < bits; bit++) {
        const std::size_t at = sizeof(bits) + bit / 8;
        if (((prefix[at] ^ key[at]) << bit % 8 & 0x80) != 0) return false;
    }
    return true;
}

}  // namespace

Machine* Machine::running = nullptr;

bool Map::is_array() const {
    return shape_->type == BPF_MAP_TYPE_ARRAY || shape_->type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

// Arrays have all their rows from the start, zero.
std::uint8_t* Map::find(const void* key) {
    if (shape_->type == BPF_MAP_TYPE_LPM_TRIE) return find_longest(key);
    const Row name = bytes_of(key, shape_->key_bytes);
    if (const auto found = rows_.find(name); found != rows_.end()) return found->second.get();
    std::uint32_t row = 0;
    if (!is_array()) return nullptr;
    std::memcpy(&row, key, sizeof(row));
    if (row >= max_entries_) return nullptr;
    auto& fresh = rows_[name];
    fresh.reset(new std::uint8_t[shape_->value_bytes]());
    return fresh.get();
}

std::uint8_t* Map::find_longest(const void* key) {
    const Row wanted = bytes_of(key, shape_->key_bytes);
    std::uint8_t* best = nullptr;
    std::uint32_t best_bits = 0;
    for (const auto& [prefix, value] : rows_) {
        if (!is_prefix_of(prefix, wanted)) continue;
        if (best != nullptr && prefix_bits(prefix) <= best_bits) continue;
        best = value.get();
        best_bits = prefix_bits(prefix);
    }
    return best;
}

bool Map::set(const void* key, const void* value) {
    const Row name = bytes_of(key, shape_->key_bytes);
    if (is_array() || shape_->type == BPF_MAP_TYPE_DEVMAP) {
        std::uint32_t row = 0;
        std::memcpy(&row, key, sizeof(row));
        if (row >= max_entries_) return false;
    } else if (rows_.size() >= max_entries_ && !rows_.count(name)) {
        if (shape_->type != BPF_MAP_TYPE_LRU_HASH) return false;
        rows_.clear();  // forgetting is allowed
    }
    auto& row = rows_[name];
    if (!row) row.reset(new std::uint8_t[shape_->value_bytes]);
    std::memcpy(row.get(), value, shape_->value_bytes);
    return true;
}

void Map::fill_rows(std::uint8_t byte) {
    for (auto& [key, row] : rows_) std::memset(row.get(), byte, shape_->value_bytes);
}

Machine::Machine() {
    for (const shim_map* map = shim_maps; map->name != nullptr; map++) maps_.emplace_back(*map);
}

Map* Machine::find(const std::string& name) {
    const auto found = std::find_if(maps_.begin(), maps_.end(),
                                    [&](const Map& map) { return map.shape().name == name; });
    return found == maps_.end() ? nullptr : &*found;
}

Map* Machine::at(const void* address) {
    const auto found = std::find_if(maps_.begin(), maps_.end(),
                                    [&](const Map& map) { return map.shape().address == address; });
    return found == maps_.end() ? nullptr : &*found;
}

int Machine::run(std::vector<std::uint8_t>& frame) {
    running = this;
    if (!constants_) constants_ = std::make_unique<xm_config>(constants);
    find("xm_scratch")->fill_rows(kGarbage);  // means nothing between two packets
    auto* buffer = static_cast<std::uint8_t*>(std::malloc(frame.size()));
    std::memcpy(buffer, frame.data(), frame.size());
    auto data = reinterpret_cast<unsigned long>(buffer);
    unsigned long data_end = data + frame.size();
    const int action = shim_run_program(&data, &data_end);
    const auto* left = reinterpret_cast<const std::uint8_t*>(data);
    frame.assign(left, left + (data_end - data));
    std::free(reinterpret_cast<void*>(data));
    return action;
}

}  // namespace xdpmirror::shim

using xdpmirror::shim::Machine;
using xdpmirror::shim::Map;

const xm_config* shim_constants() {
    return Machine::running->constants_.get();
}

void* shim_map_lookup(void* address, const void* key) {
    const shim_map& map = Machine::running->at(address)->shape();
    if (map.type != BPF_MAP_TYPE_ARRAY_OF_MAPS) return Machine::running->at(address)->find(key);
    std::uint32_t row = 0;
    std::memcpy(&row, key, sizeof(row));
    if (row >= map.max_entries) return nullptr;
    return Machine::running->find(map.name + std::to_string(row))->shape().address;
}

long shim_map_update(void* address, const void* key, const void* value, __u64) {
    return Machine::running->at(address)->set(key, value) ? 0 : -E2BIG;
}

long shim_redirect_map(void* address, __u64 key, __u64 flags) {
    const auto row = static_cast<std::uint32_t>(key);
    const bool is_there = Machine::running->at(address)->find(&row) != nullptr;
    return is_there ? XDP_REDIRECT : static_cast<long>(flags & 3);
}

__u64 shim_ktime_get_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<__u64>(now.tv_sec) * 1'000'000'000 + static_cast<__u64>(now.tv_nsec);
}

// As csum_partial(): words of 32 bits, carries added again, not folded further.
__s64 shim_csum_diff(const __be32* from, __u32 from_bytes, const __be32* to, __u32 to_bytes,
                     __u32 seed) {
    constexpr std::uint32_t kMostSumBytes = 512;
    if (from_bytes % 4 != 0 || to_bytes % 4 != 0 || from_bytes + to_bytes > kMostSumBytes)
        return -EINVAL;
    std::uint64_t sum = seed;
    for (std::uint32_t i = 0; i < from_bytes / 4; i++) sum += static_cast<__u32>(~from[i]);
    for (std::uint32_t i = 0; i < to_bytes / 4; i++) sum += to[i];
    while (sum > 0xffffffff) sum = (sum >> 32) + (sum & 0xffffffff);
    return static_cast<__s64>(sum);
}

long shim_fib_lookup() {
    return BPF_FIB_LKUP_RET_NOT_FWDED;
}

long shim_loop(__u32 count, long (*step)(__u32, void*), void* context) {
    for (__u32 i = 0; i < count; i++)
        if (step(i, context) != 0) return static_cast<long>(i) + 1;
    return count;
}

long shim_load_bytes(const unsigned long* data, const unsigned long* data_end, __u32 offset,
                     void* to, __u32 bytes) {
    if (offset > 0xffff || bytes > 0xffff || offset + bytes > *data_end - *data) return -EINVAL;
    std::memcpy(to, reinterpret_cast<const void*>(*data + offset), bytes);
    return 0;
}

// Nobody reads what is handed up; that it fits is what counts.
void* shim_ringbuf_reserve(__u64 bytes) { return std::malloc(bytes); }

void shim_ringbuf_free(void* record) { std::free(record); }

// The frame moves, so that a pointer kept from before is one to freed memory.
long shim_adjust(unsigned long* data, unsigned long* data_end, int head, int tail) {
    constexpr long kSmallest = 14;  // ETH_HLEN
    const long size = static_cast<long>(*data_end - *data);
    if (head < 0 || tail > 0 || size - head + tail < kSmallest) return -EINVAL;
    const auto left = static_cast<std::size_t>(size - head + tail);
    void* moved = std::malloc(left);
    std::memcpy(moved, reinterpret_cast<const void*>(*data + static_cast<unsigned long>(head)),
                left);
    std::free(reinterpret_cast<void*>(*data));
    *data = reinterpret_cast<unsigned long>(moved);
    *data_end = *data + left;
    return 0;
}
