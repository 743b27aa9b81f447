// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Tracepoints differ between kernels: each program is attached on its own.
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

}  // namespace

Result<std::string> watch_redirects(const StateDir& state, int drops_fd, unsigned ifindex,
                                    const std::vector<std::uint32_t>& marks,
                                    const HandoverSecret& secret) {
    auto netns = network_namespace();
    if (!netns) return netns.error();

    LibbpfLog log;
    std::unique_ptr<redirect_errors_bpf, DestroySkeleton> skeleton(redirect_errors_bpf::open());
    if (!skeleton) {
        const int err = errno;
        return system_error("open the embedded BPF object for redirect errors", err);
    }
    skeleton->rodata_ingress->xm_ingress_ifindex = ifindex;
    skeleton->rodata_ingress->xm_ingress_netns = *netns;
    auto& known = skeleton->rodata_ingress->xm_marks;
    known[0] = XM_HANDOVER_MARK;
    std::copy_n(marks.begin(), std::min<std::size_t>(marks.size(), XM_MAX_MARKS - 1), known + 1);
    std::copy(secret.begin(), secret.end(), skeleton->rodata_ingress->xm_secret);
    // it runs for every packet that dies on the machine, so only where packets are handed over
    bpf_program__set_autoload(skeleton->progs.xm_kfree_skb, secret != HandoverSecret{});
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, skeleton->obj) {
        if (map == skeleton->maps.xm_drops)
            bpf_map__reuse_fd(map, drops_fd);
        else if (!bpf_map__is_internal(map))
            bpf_map__set_autocreate(map, false);
    }
    if (const int err = redirect_errors_bpf::load(skeleton.get()); err != 0)
        return unwatched("the kernel loads no tracepoint program", -err);

    std::string warning;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, skeleton->obj) {
        if (!bpf_program__autoload(program)) continue;
        std::unique_ptr<bpf_link, DestroyLink> link(bpf_program__attach(program));
        if (!link) {
            const int err = errno;
            // newer kernels have folded this one into xdp_redirect_err
            if (program == skeleton->progs.xm_map_err && err == ENOENT) continue;
            warning = unwatched(bpf_program__section_name(program), err);
            continue;
        }
        if (auto pinned = state.pin(bpf_link__fd(link.get()), bpf_program__name(program)); !pinned)
            return pinned.error();
    }
    return warning;
}

}  // namespace xdpmirror
