// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Profile to Plan to kernel, by the same code as `attach`; only what the machine would say is made
// up.
#include "selftests/prog_run/rig.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

namespace xdpmirror::test {
namespace {

constexpr std::uint32_t kLoopback = 1;  // ifindex, in every network namespace
constexpr std::size_t kLargestFrame = 65536;

Resolved resolve(const Config& config, const Plan& plan, const Machine& machine) {
    Resolved resolved;
    resolved.local = machine.local;
    resolved.own = machine.own;
    resolved.ingress_mac = kNodeMac;
    resolved.ingress_ifindex = kLoopback;
    resolved.on_paper = machine.on_paper;
    for (std::uint32_t i = 0; i < config.egress.size(); i++) {
        const auto* next_hop = std::get_if<MacAddress>(&config.egress[i].ways[0].next_hop);
        xm_next_hop row{};
        std::copy_n((next_hop ? *next_hop : kNextHopMac).bytes.begin(), 6, row.dst_mac);
        std::copy_n(kNodeEgressMac.bytes.begin(), 6, row.src_mac);
        row.egress = i;
        row.ifindex = kLoopback;
        row.mtu = machine.mtu;
        row.fragment = config.egress[i].fragment;
        row.path = static_cast<std::uint8_t>(machine.path);
        if (machine.path >= XM_PATH_TC) {
            std::copy_n(row.dst_mac, 6, resolved.secret.begin());
            std::fill_n(row.dst_mac, 6, std::uint8_t{0});
        }
        resolved.next_hops.push_back(row);
        resolved.egress_ifindex.push_back(kLoopback);
    }
    resolved.next_hops.resize(2 * resolved.next_hops.size());  // rows for changes in place
    for (const auto& collector : plan.collectors)
        resolved.collector_next_hop.push_back(static_cast<std::uint32_t>(collector.egress));
    return resolved;
}

template <class Rows, class NameOf>
std::uint32_t row_named(const Rows& rows, const std::string& name, NameOf name_of) {
    const auto at = std::find_if(rows.begin(), rows.end(),
                                 [&](const auto& row) { return name_of(row) == name; });
    assert(at != rows.end());
    return static_cast<std::uint32_t>(at - rows.begin());
}

}  // namespace

Result<Rig> Rig::make(const std::string& profile_yaml, const Machine& machine) {
    auto profile = parse_profile(profile_yaml, "case", process_environment());
    if (!profile) return profile.error();
    return make(profile->config, machine);
}

Result<Rig> Rig::make(const Config& config, const Machine& machine) {
    auto plan = make_plan(config);
    if (!plan) return plan.error();
    auto data_plane = DataPlane::make(*plan, resolve(config, *plan, machine));
    if (!data_plane) return data_plane.error();
    return Rig(config, std::move(*plan), std::move(*data_plane));
}

Result<Outcome> Rig::run(const Bytes& frame, std::uint32_t linear) const {
    Bytes out(kLargestFrame);
    xdp_md context{};
    bpf_test_run_opts options{};
    options.sz = sizeof(options);
    options.data_in = frame.data();
    options.data_size_in = static_cast<std::uint32_t>(frame.size());
    options.data_out = out.data();
    options.data_size_out = static_cast<std::uint32_t>(out.size());
    options.repeat = 1;
    if (linear != 0) {
        context.data_end = linear;
        options.ctx_in = &context;
        options.ctx_size_in = sizeof(context);
    }
    if (const int err = bpf_prog_test_run_opts(data_plane_.program_fd(), &options); err != 0)
        return system_error("test-run of " + std::to_string(frame.size()) + " bytes", -err);
    out.resize(options.data_size_out);
    return Outcome{static_cast<int>(options.retval), std::move(out)};
}

Result<Books> Rig::books() const {
    return read_books(data_plane_.book_maps(), BookRows::by_index(config_.sources.size(), config_.rules.size(), plan_.collectors.size()));
}

std::uint32_t Rig::capacity(const char* map) const {
    bpf_map_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(data_plane_.map_fd(map), &info, &size) != 0) return 0;
    return info.max_entries;
}

std::uint32_t Rig::source_row(const std::string& name) const {
    return row_named(config_.sources, name, [](const Source& row) { return row.name; });
}

std::uint32_t Rig::rule_row(const std::string& name) const {
    return row_named(config_.rules, name, [](const Rule& row) { return row.name; });
}

std::uint32_t Rig::collector_row(const std::string& label) const {
    return row_named(plan_.collectors, label,
                     [](const Plan::CollectorRow& row) { return row.label; });
}

}  // namespace xdpmirror::test
