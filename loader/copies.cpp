// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/copies.h"

#include <bpf/libbpf.h>
#include <copies.skel.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "loader/libbpf_log.h"
#include "maps/array.h"

namespace xdpmirror {
namespace {

struct DestroySkeleton {
    void operator()(copies_bpf* skeleton) const { copies_bpf::destroy(skeleton); }
};

// Its own is xm_copies alone; what it does not use is not created.
Result<> share_maps(const copies_bpf& skeleton, const DataPlane& plane) {
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, skeleton.obj) {
        if (bpf_map__is_internal(map) || map == skeleton.maps.xm_copies) continue;
        // kernels such as 6.1 bind a devmap to the type of the first program that uses it
        const bool shared = bpf_map__type(map) != BPF_MAP_TYPE_DEVMAP;
        const int fd = shared ? plane.map_fd(bpf_map__name(map)) : -1;
        const int err = fd < 0 ? bpf_map__set_autocreate(map, false) : bpf_map__reuse_fd(map, fd);
        if (err != 0) return system_error(std::string("share map ") + bpf_map__name(map), -err);
    }
    return Ok{};
}

}  // namespace

Result<UniqueFd> load_copies(const DataPlane& plane, const Plan& plan, const LinkInfo& ingress,
                             const HandoverSecret& secret, const PinDir& configuration,
                             bool counts_refusals) {
    LibbpfLog log;
    std::unique_ptr<copies_bpf, DestroySkeleton> skeleton(copies_bpf::open());
    if (!skeleton) {
        const int err = errno;
        return system_error("open the embedded BPF object for copies", err);
    }
    auto& constants = *skeleton->rodata_handover;
    std::copy(secret.begin(), secret.end(), constants.xm_secret);
    std::copy(ingress.mac.bytes.begin(), ingress.mac.bytes.end(), constants.xm_ingress_mac);
    constants.xm_counts_refusals = counts_refusals;
    if (auto shared = share_maps(*skeleton, plane); !shared) return shared.error();
    bpf_map__set_max_entries(skeleton->maps.xm_copies, static_cast<__u32>(plan.copies.size()));
    if (const int err = copies_bpf::load(skeleton.get()); err != 0)
        return system_error("the kernel refuses the tc program for copies: " + log.text(), -err);
    if (auto filled = array_fill(bpf_map__fd(skeleton->maps.xm_copies), plan.copies); !filled)
        return while_doing("fill xm_copies", filled.error());
    if (auto pinned = configuration.pin_to_read(bpf_map__fd(skeleton->maps.xm_copies), "xm_copies"); !pinned)
        return pinned.error();
    return own_copy(bpf_program__fd(skeleton->progs.xdpmirror_tc));
}

}  // namespace xdpmirror
