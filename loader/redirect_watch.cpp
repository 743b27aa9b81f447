// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/redirect_watch.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <redirect_errors.skel.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "loader/libbpf_log.h"
#include "maps/array.h"
#include "maps/layout.h"

namespace xdpmirror {
namespace {

struct DestroySkeleton {
    void operator()(redirect_errors_bpf* skeleton) const { redirect_errors_bpf::destroy(skeleton); }
};
struct DestroyLink {
    void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};

Result<std::uint32_t> network_namespace() {
    struct stat info {};
    if (::stat("/proc/self/ns/net", &info) != 0) {
        const int err = errno;
        return system_error("stat /proc/self/ns/net", err);
    }
    return static_cast<std::uint32_t>(info.st_ino);
}

std::string unwatched(const std::string& why, int err) {
    return "frames that a driver refuses after the redirect are not counted: " + why + ": " +
           std::strerror(err);
}

constexpr const char* kWatched = "xm_watched";
constexpr const char* kDeaths = "xm_kfree_skb";

bool any_handover(const std::vector<HandedOver>& configurations) {
    return std::ranges::any_of(configurations, [](const HandedOver& one) { return one.secret != HandoverSecret{}; });
}

xm_watched watched_row(const std::vector<HandedOver>& configurations) {
    xm_watched row{};
    std::size_t marks = 0;
    row.marks[marks++] = XM_HANDOVER_MARK;
    for (std::size_t i = 0; i < std::min<std::size_t>(configurations.size(), XM_WATCHED_CONFIGS); ++i) {
        for (const auto mark : configurations[i].marks) {
            if (marks < std::size(row.marks) && std::ranges::find(row.marks, mark) == std::end(row.marks))
                row.marks[marks++] = mark;
        }
        std::ranges::copy(configurations[i].secret, row.secret[i]);
    }
    return row;
}

bool has_own_layout(int map_fd) {
    bpf_map_info info{};
    __u32 bytes = sizeof(info);
    return bpf_obj_get_info_by_fd(map_fd, &info, &bytes) == 0 && info.value_size == sizeof(xm_watched);
}

// Those of a version that has laid it out otherwise.
Result<> remove_watch(const StateDir& state, const redirect_errors_bpf& skeleton) {
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, skeleton.obj) {
        if (auto removed = state.remove(bpf_program__name(program)); !removed) return removed;
    }
    return state.remove(kWatched);
}

// It is pinned, so that a later configuration can be looked for by the same programs.
Result<UniqueFd> open_watched(const StateDir& state, const redirect_errors_bpf& skeleton) {
    if (state.has(kWatched)) {
        auto map = state.open(kWatched);
        if (!map || has_own_layout(map->get())) return map;
        if (auto removed = remove_watch(state, skeleton); !removed) return removed.error();
    }
    UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, kWatched, sizeof(__u32), sizeof(xm_watched), 1, nullptr));
    if (!map) {
        const int err = errno;
        return system_error(std::string("create ") + kWatched, err);
    }
    if (auto pinned = state.pin(map.get(), kWatched); !pinned) return pinned.error();
    return map;
}

using SkeletonPtr = std::unique_ptr<redirect_errors_bpf, DestroySkeleton>;

// Each tracepoint differs between kernels: each program is attached on its own.
Result<std::string> attach_missing(const StateDir& state, const redirect_errors_bpf& skeleton) {
    std::string warning;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, skeleton.obj) {
        if (!bpf_program__autoload(program)) continue;
        std::unique_ptr<bpf_link, DestroyLink> link(bpf_program__attach(program));
        if (!link) {
            const int err = errno;
            // newer kernels have folded this one into xdp_redirect_err
            if (program == skeleton.progs.xm_map_err && err == ENOENT) continue;
            warning = unwatched(bpf_program__section_name(program), err);
            continue;
        }
        if (auto pinned = state.pin(bpf_link__fd(link.get()), bpf_program__name(program)); !pinned)
            return pinned.error();
    }
    return warning;
}

}  // namespace

Result<std::string> watch_redirects(const StateDir& state, int drops_fd, unsigned ifindex,
                                    const std::vector<HandedOver>& configurations) {
    auto netns = network_namespace();
    if (!netns) return netns.error();
    LibbpfLog log;
    SkeletonPtr skeleton(redirect_errors_bpf::open());
    if (!skeleton) {
        const int err = errno;
        return system_error("open the embedded BPF object for redirect errors", err);
    }
    auto watched = open_watched(state, *skeleton);
    if (!watched) return watched.error();
    if (auto set = map_set(watched->get(), std::uint32_t{0}, watched_row(configurations)); !set)
        return while_doing(std::string("fill ") + kWatched, set.error());
    skeleton->rodata_ingress->xm_ingress_ifindex = ifindex;
    skeleton->rodata_ingress->xm_ingress_netns = *netns;
    // it runs for every packet that dies on the machine, so only where packets are handed over
    const bool deaths = any_handover(configurations);
    if (!deaths) {
        if (auto removed = state.remove(kDeaths); !removed) return removed.error();
    }
    bool any = false;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, skeleton->obj) {
        const bool wanted = program != skeleton->progs.xm_kfree_skb || deaths;
        // with one of them the others were tried too
        const bool tried = state.has(bpf_program__name(program)) ||
                           (program != skeleton->progs.xm_kfree_skb && state.has("xm_devmap_xmit"));
        bpf_program__set_autoload(program, wanted && !tried);
        any = any || (wanted && !tried);
    }
    if (!any) return std::string();
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, skeleton->obj) {
        if (map == skeleton->maps.xm_drops)
            bpf_map__reuse_fd(map, drops_fd);
        else if (map == skeleton->maps.xm_watched)
            bpf_map__reuse_fd(map, watched->get());
        else if (!bpf_map__is_internal(map))
            bpf_map__set_autocreate(map, false);
    }
    if (const int err = redirect_errors_bpf::load(skeleton.get()); err != 0)
        return unwatched("the kernel loads no tracepoint program", -err);
    return attach_missing(state, *skeleton);
}

}  // namespace xdpmirror
