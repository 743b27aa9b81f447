// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Mechanism C and the control that overwrites; see indexed.h.
#include "bench/attach/indexed.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "att_indexed.skel.h"
#include "bench/native_link.h"

namespace xdpmirror::bench::attach {

namespace {

Result<UniqueFd> make_rules(std::uint32_t value_size, std::uint32_t entries) {
    UniqueFd table(bpf_map_create(BPF_MAP_TYPE_HASH, "xm_att_rules", sizeof(xm_att_key),
                                  value_size, entries, nullptr));
    if (!table) return system_error("make a rule table", errno);
    return table;
}

Result<Tables> make_tables() {
    auto rules = make_rules(sizeof(xm_att_rule), XM_ATT_RULES);
    if (!rules) return rules.error();
    UniqueFd hops(bpf_map_create(BPF_MAP_TYPE_ARRAY, "xm_att_hops", sizeof(__u32),
                                 sizeof(xm_att_hop), XM_ATT_HOPS, nullptr));
    if (!hops) return system_error("make a next-hop table", errno);
    return Tables{std::move(*rules), std::move(hops)};
}

std::uint32_t first_egress(std::uint32_t slot) { return slot * XM_ATT_HOPS; }

Result<> fill(const Tables& tables, const Target& target, std::uint32_t generation,
              std::uint32_t slot) {
    if (auto done = fill_rules(tables.rules.get(), target, generation); !done) return done;
    return fill_hops(tables.hops.get(), generation, first_egress(slot));
}

Result<> put(const bpf_map* map, std::uint32_t key, const void* value, const char* what) {
    if (bpf_map_update_elem(bpf_map__fd(map), &key, value, BPF_ANY) != 0)
        return system_error(std::string("set ") + what, errno);
    return Ok{};
}

}  // namespace

Result<> Indexed::start(const Target& target, std::uint32_t generation, const std::string& pins) {
    target_ = target;
    object_ = std::shared_ptr<att_indexed_bpf>(
        att_indexed_bpf::open(), [](att_indexed_bpf* o) { att_indexed_bpf::destroy(o); });
    if (!object_) return system_error("open the indexed program", errno);
    if (const int err = att_indexed_bpf::load(object_.get()); err != 0)
        return system_error("load the indexed program", -err);
    // Both slots are filled from the start, so that neither is ever empty.
    for (std::uint32_t slot = 0; slot < XM_ATT_SLOTS; slot++) {
        auto tables = make_tables();
        if (!tables) return tables.error();
        tables_[slot] = std::move(*tables);
        if (auto done = fill(tables_[slot], target_, generation, slot); !done) return done;
        if (auto done = install(slot, generation); !done) return done;
    }
    if (auto done = flip(0); !done) return done;
    active_ = 0;
    return attach_native(program(), target_.ingress, pins + "/link");
}

// Puts the slot's tables where the program finds them. Replacing an inner table waits until no
// program runs that could have found the old one, which also covers the rows written after it.
Result<> Indexed::install(std::uint32_t slot, std::uint32_t generation) const {
    const xm_att_settings settings = settings_of(target_, generation);
    const int rules = tables_[slot].rules.get();
    const int hops = tables_[slot].hops.get();

    if (auto done = put(object_->maps.xm_att_rules_of, slot, &rules, "the slot's rules"); !done)
        return done;
    if (auto done = put(object_->maps.xm_att_hops_of, slot, &hops, "the slot's next hops"); !done)
        return done;
    if (auto done = fill_egress(bpf_map__fd(object_->maps.xm_att_egress), target_,
                                first_egress(slot));
        !done)
        return done;
    return put(object_->maps.xm_att_setting, slot, &settings, "the slot's settings");
}

Result<> Indexed::flip(std::uint32_t slot) const {
    return put(object_->maps.xm_att_active, 0, &slot, "the index");
}

Result<ReloadTime> Indexed::reload(std::uint32_t generation, const Observer& observer) {
    const std::uint32_t slot = 1 - active_;
    ReloadTime time;
    StepClock clock(observer);

    auto next = make_tables();
    if (!next) return next.error();
    clock.reached(Step::built, time.build);
    if (auto done = fill(*next, target_, generation, slot); !done) return done.error();
    clock.reached(Step::filled, time.fill);

    std::swap(tables_[slot], *next);
    Clock::duration installing{};
    if (auto done = install(slot, generation); !done) return done.error();
    clock.reached(Step::halfway, installing);
    if (auto done = flip(slot); !done) return done.error();
    clock.reached(Step::swapped, time.swap);
    time.swap += installing;
    active_ = slot;
    *next = {};
    time.retire = clock.lap();
    return time;
}

int Indexed::program() const { return bpf_program__fd(object_->progs.xm_att_indexed); }

int Indexed::counts() const { return bpf_map__fd(object_->maps.xm_att_counts); }

Result<> Indexed::offer_rules(std::uint32_t value_size, std::uint32_t entries) const {
    auto rules = make_rules(value_size, entries);
    if (!rules) return rules.error();
    const int table = rules->get();
    return put(object_->maps.xm_att_rules_of, 1 - active_, &table, "the slot's rules");
}

Result<ReloadTime> InPlace::reload(std::uint32_t generation, const Observer& observer) {
    const xm_att_settings settings = settings_of(target_, generation);
    ReloadTime time;
    StepClock clock(observer);

    clock.reached(Step::built, time.build);
    if (auto done = fill(tables_[active_], target_, generation, active_); !done)
        return done.error();
    clock.reached(Step::filled, time.fill);
    if (auto done = put(object_->maps.xm_att_setting, active_, &settings, "the slot's settings");
        !done)
        return done.error();
    clock.reached(Step::swapped, time.swap);
    return time;
}

}  // namespace xdpmirror::bench::attach
