// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/endurance/sink.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <algorithm>
#include <cerrno>

#include "bench/flows.h"
#include "load_sink.skel.h"

namespace xdpmirror::endurance {

namespace {

void add(xm_load_tally& sum, const xm_load_tally& row) {
    sum.packets += row.packets;
    sum.mixed += row.mixed;
    sum.mixed_port += row.mixed_port;
    sum.mixed_mac += row.mixed_mac;
    sum.mixed_device += row.mixed_device;
    sum.stale += row.stale;
    sum.switches += row.switches;
    sum.other += row.other;
    sum.last = std::max(sum.last, row.last);
}

Result<UniqueFd> attach(int program, const std::string& device) {
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
    auto index = bench::ifindex_of(device);
    if (!index) return index.error();
    UniqueFd link(bpf_link_create(program, static_cast<int>(*index), BPF_XDP, &options));
    if (!link) return system_error("attach to '" + device + "' in native mode", errno);
    return link;
}

}  // namespace

Result<Sink> Sink::make(const std::vector<std::string>& devices) {
    if (devices.empty() || devices.size() > XM_LOAD_SINKS)
        return configuration_error("--sink is given one to " + std::to_string(XM_LOAD_SINKS) +
                                   " times");
    Sink sink;
    sink.object_ = {load_sink_bpf::open(), load_sink_bpf::destroy};
    if (!sink.object_) return system_error("open the sink", errno);
    for (std::size_t i = 0; i < devices.size(); i++) {
        auto index = bench::ifindex_of(devices[i]);
        if (!index) return index.error();
        const_cast<volatile __u32&>(sink.object_->rodata->sinks[i]) = *index;
    }
    if (const int err = load_sink_bpf::load(sink.object_.get()); err != 0)
        return system_error("load the sink", -err);
    for (const auto& device : devices) {
        auto link = attach(bpf_program__fd(sink.object_->progs.xm_load_sink), device);
        if (!link) return link.error();
        sink.links_.push_back(std::move(*link));
    }
    return sink;
}

Result<std::vector<xm_load_tally>> Sink::tallies() const {
    const auto cpus = static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus()));
    std::vector<xm_load_tally> rows(cpus);
    std::vector<xm_load_tally> sums(links_.size());

    for (std::uint32_t device = 0; device < sums.size(); device++) {
        if (bpf_map_lookup_elem(bpf_map__fd(object_->maps.tallies), &device, rows.data()) != 0)
            return system_error("read the tally", errno);
        for (const auto& row : rows) add(sums[device], row);
    }
    return sums;
}

}  // namespace xdpmirror::endurance
