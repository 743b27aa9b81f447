// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// As much of libbpf as the loader's own code and the tests call to load, fill, run and read a
// program, over machines in user space. Descriptors are numbers of our own; only one processor is
// there.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <xdpmirror.skel.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>

#include "selftests/fuzzing/shim/machine.h"

using xdpmirror::shim::Machine;
using xdpmirror::shim::Map;

struct bpf_object {
    Machine machine;
    xdpmirror_bpf::config_section constants{};
    std::size_t number = 0;
};

namespace {

constexpr int kFirst = 1 << 20;  // above what the kernel gives out
constexpr int kStride = 64;      // descriptors of an object; the last is its program's

std::deque<std::unique_ptr<bpf_object>>& objects() {
    static auto* const all = new std::deque<std::unique_ptr<bpf_object>>;  // outlives its users
    return *all;
}

bpf_object& object_of(int fd) {
    return *objects().at(static_cast<std::size_t>((fd - kFirst) / kStride));
}

Map& map_of(int fd) {
    return object_of(fd).machine.maps().at(static_cast<std::size_t>((fd - kFirst) % kStride));
}

int base_of(const bpf_object& object) {
    return kFirst + static_cast<int>(object.number) * kStride;
}

Map* as_map(const bpf_map* map) {
    return reinterpret_cast<Map*>(const_cast<bpf_map*>(map));
}

int fail(int err) {
    errno = err;
    return -err;
}

}  // namespace

xdpmirror_bpf* xdpmirror_bpf::open() {
    objects().push_back(std::make_unique<bpf_object>());
    bpf_object& object = *objects().back();
    object.number = objects().size() - 1;
    const auto map = [&](const char* name) {
        return reinterpret_cast<bpf_map*>(object.machine.find(std::string(name)));
    };
    return new xdpmirror_bpf{
        &object,
        {map("xm_vnis"), map("xm_senders"), map("xm_sources"), map("xm_exporters"),
         map("xm_rules4"), map("xm_rules6"), map("xm_port_class"), map("xm_pools"), map("xm_slots"),
         map("xm_collectors"), map("xm_next_hops"), map("xm_egress"), map("xm_profile"),
         map("xm_secret")},
        {reinterpret_cast<bpf_program*>(&object)},
        &object.constants};
}

int xdpmirror_bpf::load(xdpmirror_bpf* skeleton) {
    skeleton->obj->machine.constants = skeleton->obj->constants.cfg;
    return 0;
}

void xdpmirror_bpf::destroy(xdpmirror_bpf* skeleton) {
    if (skeleton == nullptr) return;
    objects()[skeleton->obj->number].reset();
    delete skeleton;
}

int bpf_map__set_max_entries(bpf_map* map, __u32 entries) {
    as_map(map)->set_max_entries(entries);
    return 0;
}

bpf_map_type bpf_map__type(const bpf_map* map) {
    return static_cast<bpf_map_type>(as_map(map)->shape().type);
}

__u32 bpf_map__key_size(const bpf_map* map) {
    return as_map(map)->shape().key_bytes;
}

__u32 bpf_map__value_size(const bpf_map* map) {
    return as_map(map)->shape().value_bytes;
}

__u32 bpf_map__max_entries(const bpf_map* map) {
    return as_map(map)->max_entries();
}

const char* bpf_map__name(const bpf_map* map) {
    return as_map(map)->shape().name;
}

bool bpf_map__is_internal(const bpf_map*) {
    return false;
}

int bpf_map__reuse_fd(bpf_map*, int) {
    return fail(EOPNOTSUPP);
}

int bpf_map__fd(const bpf_map* map) {
    for (const auto& object : objects()) {
        if (!object) continue;
        auto& maps = object->machine.maps();
        if (as_map(map) < maps.data() || as_map(map) >= maps.data() + maps.size()) continue;
        return base_of(*object) + static_cast<int>(as_map(map) - maps.data());
    }
    return fail(EBADF);
}

bpf_map* bpf_object__next_map(const bpf_object* object, const bpf_map* previous) {
    auto& maps = const_cast<bpf_object*>(object)->machine.maps();
    Map* next = previous == nullptr ? maps.data() : as_map(previous) + 1;
    return next == maps.data() + maps.size() ? nullptr : reinterpret_cast<bpf_map*>(next);
}

bpf_map* bpf_object__find_map_by_name(const bpf_object* object, const char* name) {
    Map* map = const_cast<bpf_object*>(object)->machine.find(std::string(name));
    if (map == nullptr) fail(ENOENT);
    return reinterpret_cast<bpf_map*>(map);
}

int bpf_object__find_map_fd_by_name(const bpf_object* object, const char* name) {
    const bpf_map* map = bpf_object__find_map_by_name(object, name);
    return map == nullptr ? fail(ENOENT) : bpf_map__fd(map);
}

int bpf_program__fd(const bpf_program* program) {
    return base_of(*reinterpret_cast<const bpf_object*>(program)) + kStride - 1;
}

int bpf_program__set_flags(bpf_program*, __u32) {
    return 0;
}

__u32 bpf_program__flags(const bpf_program*) {
    return 0;
}

// No verifier, so nothing that it would say.
int bpf_program__set_log_level(bpf_program*, __u32) {
    return 0;
}

int bpf_program__set_log_buf(bpf_program*, char*, size_t) {
    return 0;
}

int bpf_map_create(bpf_map_type, const char*, __u32, __u32, __u32, const bpf_map_create_opts*) {
    return fail(EOPNOTSUPP);
}

int bpf_map_lookup_elem(int fd, const void* key, void* value) {
    const std::uint8_t* row = map_of(fd).find(key);
    if (row == nullptr) return fail(ENOENT);
    std::memcpy(value, row, map_of(fd).shape().value_bytes);
    return 0;
}

int bpf_map_update_elem(int fd, const void* key, const void* value, __u64) {
    return map_of(fd).set(key, value) ? 0 : fail(E2BIG);
}

int bpf_map_update_batch(int, const void*, const void*, __u32*, const bpf_map_batch_opts*) {
    return fail(EOPNOTSUPP);
}

int bpf_map_lookup_batch(int, void*, void*, void*, void*, __u32*, const bpf_map_batch_opts*) {
    return fail(EOPNOTSUPP);
}

int bpf_obj_get_info_by_fd(int fd, void* info, __u32*) {
    static_cast<bpf_map_info*>(info)->max_entries = map_of(fd).max_entries();
    return 0;
}

int libbpf_num_possible_cpus() {
    return 1;
}

int bpf_prog_test_run_opts(int fd, bpf_test_run_opts* options) {
    const auto* in = static_cast<const std::uint8_t*>(options->data_in);
    std::vector<std::uint8_t> frame(in, in + options->data_size_in);
    options->retval = static_cast<__u32>(object_of(fd).machine.run(frame));
    if (frame.size() > options->data_size_out) return fail(ENOSPC);
    std::memcpy(options->data_out, frame.data(), frame.size());
    options->data_size_out = static_cast<__u32>(frame.size());
    return 0;
}
