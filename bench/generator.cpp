// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "bench/generator.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <cstring>

#include "bench_gen.skel.h"

namespace xdpmirror::bench {

Result<Generator> Generator::make(const FrameSpec& frames, const std::string& device) {
    const auto frame = first_frame(frames);
    const auto flows = all_flows(frames);
    const std::uint32_t first = 0;

    auto index = ifindex_of(device);
    if (!index) return index.error();
    std::shared_ptr<bench_gen_bpf> object(bench_gen_bpf::open(), bench_gen_bpf::destroy);
    if (!object) return system_error("open the generator", errno);
    std::memcpy(const_cast<__u64*>(object->rodata->head), frame.data(),
                sizeof(object->rodata->head));
    object->rodata->flow_mask = frames.flow_count - 1;
    if (const int err = bench_gen_bpf::load(object.get()); err != 0)
        return system_error("load the generator", -err);
    std::memcpy(object->bss->flows, flows.data(), flows.size() * sizeof(flows[0]));
    if (bpf_map_update_elem(bpf_map__fd(object->maps.out_device), &first, &*index, BPF_ANY) != 0)
        return system_error("put '" + device + "' into the devmap", errno);
    return Generator(std::move(object));
}

int Generator::program_fd() const {
    return bpf_program__fd(object_->progs.xm_bench_send);
}

std::uint64_t Generator::sent() const {
    return *static_cast<volatile __u64*>(&object_->bss->sent);
}

}  // namespace xdpmirror::bench
