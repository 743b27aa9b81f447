// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One configuration as one program, reached through a link or through a slot; see whole_program.h.
#include "bench/attach/whole_program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include "att_entry.skel.h"
#include "bench/native_link.h"

namespace xdpmirror::bench::attach {

Result<> WholeProgram::start(const Target& target, std::uint32_t generation,
                             const std::string& pins) {
    target_ = target;
    pins_ = pins;
    auto first = Pipeline::load(target_, generation, -1);
    if (!first) return first.error();
    current_ = std::move(*first);
    if (auto filled = current_->fill(target_, generation); !filled) return filled;
    return attach(*current_);
}

Result<ReloadTime> WholeProgram::reload(std::uint32_t generation, const Observer& observer) {
    return reload_as(generation, {}, observer);
}

Result<ReloadTime> WholeProgram::reload_as(std::uint32_t generation, PipelineKind kind,
                                           const Observer& observer) {
    ReloadTime time;
    StepClock clock(observer);

    auto next = Pipeline::load(target_, generation, counts(), kind);
    if (!next) return next.error();
    clock.reached(Step::built, time.build);
    if (auto filled = next->fill(target_, generation); !filled) return filled.error();
    clock.reached(Step::filled, time.fill);
    if (auto swapped = swap(*next); !swapped) return swapped.error();
    clock.reached(Step::swapped, time.swap);
    current_ = std::move(*next);
    time.retire = clock.lap();
    return time;
}

Result<> WholeProgram::attach_pinned(int program) {
    const std::string pin = pins_ + "/link";
    if (auto attached = attach_native(program, target_.ingress, pin); !attached) return attached;
    link_ = UniqueFd(bpf_obj_get(pin.c_str()));
    if (!link_) return system_error("open '" + pin + "'", errno);
    return Ok{};
}

Result<> LinkUpdate::swap(const Pipeline& next) {
    if (bpf_link_update(link_.get(), next.program(), nullptr) != 0)
        return system_error("update the link", errno);
    return Ok{};
}

Result<> Reattach::swap(const Pipeline& next) {
    if (unlink((pins_ + "/link").c_str()) != 0) return system_error("unpin the link", errno);
    link_.reset();
    return attach_pinned(next.program());
}

Result<> SlotSwap::attach(const Pipeline& first) {
    std::shared_ptr<att_entry_bpf> entry(att_entry_bpf::open(),
                                         [](att_entry_bpf* o) { att_entry_bpf::destroy(o); });
    if (!entry) return system_error("open the entry program", errno);
    if (const int err = bpf_map__reuse_fd(entry->maps.xm_att_counts, first.counts()); err != 0)
        return system_error("share the counts", -err);
    if (const int err = att_entry_bpf::load(entry.get()); err != 0)
        return system_error("load the entry program", -err);
    program_ = bpf_program__fd(entry->progs.xm_att_entry);
    slot_ = bpf_map__fd(entry->maps.xm_att_slot);
    entry_ = std::move(entry);
    if (pin_slot_ && bpf_obj_pin(slot_, (pins_ + "/slot").c_str()) != 0)
        return system_error("pin the slot", errno);
    if (auto filled = swap(first); !filled) return filled;
    return attach_pinned(program_);
}

Result<> SlotSwap::swap(const Pipeline& next) {
    const std::uint32_t first = 0;
    const int program = next.program();
    if (bpf_map_update_elem(slot_, &first, &program, BPF_ANY) != 0)
        return system_error("set the slot", errno);
    return Ok{};
}

}  // namespace xdpmirror::bench::attach
