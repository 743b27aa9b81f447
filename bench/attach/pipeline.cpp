// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Loads either layout of the pipeline through its skeleton; see pipeline.h.
#include "bench/attach/pipeline.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "att_whole.skel.h"
#include "att_wide.skel.h"

namespace xdpmirror::bench::attach {

template <class Skeleton>
Result<Pipeline> Pipeline::load_as(Skeleton* object, const char* program, const Target& target,
                                   std::uint32_t generation, int counts, PipelineKind kind) {
    if (object == nullptr) return system_error("open the pipeline", errno);
    Pipeline pipeline;
    pipeline.object_ = std::shared_ptr<Skeleton>(object, [](Skeleton* o) { Skeleton::destroy(o); });

    const xm_att_settings settings = settings_of(target, generation);
    object->rodata->settings.vni = settings.vni;
    object->rodata->settings.decap = settings.decap;
    object->rodata->settings.ttl = settings.ttl;
    bpf_program* main = bpf_object__find_program_by_name(object->obj, program);
    if (kind.frags) bpf_program__set_flags(main, BPF_F_XDP_HAS_FRAGS);
    if (counts >= 0) {
        if (const int err = bpf_map__reuse_fd(object->maps.xm_att_counts, counts); err != 0)
            return system_error("share the counts", -err);
    }
    if (const int err = Skeleton::load(object); err != 0)
        return system_error("load the pipeline", -err);

    pipeline.program_ = bpf_program__fd(main);
    pipeline.rules_ = bpf_map__fd(object->maps.xm_att_rules);
    pipeline.rule_size_ = bpf_map__value_size(object->maps.xm_att_rules);
    pipeline.hops_ = bpf_map__fd(object->maps.xm_att_hops);
    pipeline.egress_ = bpf_map__fd(object->maps.xm_att_egress);
    pipeline.counts_ = bpf_map__fd(object->maps.xm_att_counts);
    return pipeline;
}

Result<Pipeline> Pipeline::load(const Target& target, std::uint32_t generation, int counts,
                                PipelineKind kind) {
    if (kind.wide)
        return load_as(att_wide_bpf::open(), "xm_att_wide", target, generation, counts, kind);
    return load_as(att_whole_bpf::open(), "xm_att_whole", target, generation, counts, kind);
}

Result<> Pipeline::fill(const Target& target, std::uint32_t generation) const {
    if (auto done = fill_rules(rules_, target, generation, rule_size_); !done) return done;
    if (auto done = fill_hops(hops_, generation, 0); !done) return done;
    return fill_egress(egress_, target, 0);
}

}  // namespace xdpmirror::bench::attach
