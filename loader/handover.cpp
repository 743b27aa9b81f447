// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A clsact filter with a handle of its own; kernels before 6.6 know no other way.
#include "loader/handover.h"

#include <bpf/libbpf.h>
#include <handover.skel.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "loader/libbpf_log.h"
#include "loader/netlink_socket.h"

namespace xdpmirror {
namespace {

constexpr __u32 kHandle = 0x786d;  // "xm"; two, since in a reload two configurations have one each
constexpr __u32 kHandles = 2;
constexpr __u32 kPriority = 1;
constexpr const char* kOwnQdisc = "clsact";  // a directory, there if the qdisc came with a program

struct DestroySkeleton {
    void operator()(handover_bpf* skeleton) const { handover_bpf::destroy(skeleton); }
};

bpf_tc_hook hook_of(unsigned ifindex, int point) {
    bpf_tc_hook hook{};
    hook.sz = sizeof(hook);
    hook.ifindex = static_cast<int>(ifindex);
    hook.attach_point = static_cast<bpf_tc_attach_point>(point);
    return hook;
}

bpf_tc_opts filter(std::uint32_t configuration) {
    bpf_tc_opts opts{};
    opts.sz = sizeof(opts);
    opts.handle = kHandle + configuration % kHandles;
    opts.priority = kPriority;
    return opts;
}

// Filters of anybody on the interface's clsact qdisc.
bool has_filters(unsigned ifindex) {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return true;
    for (const std::uint32_t minor : {TC_H_MIN_INGRESS, TC_H_MIN_EGRESS}) {
        tcmsg header{};
        header.tcm_ifindex = static_cast<int>(ifindex);
        header.tcm_parent = TC_H_MAKE(TC_H_CLSACT, minor);
        const auto answer = socket->request({RTM_GETTFILTER, NLM_F_DUMP, header});
        if (!answer || !answer->empty()) return true;
    }
    return false;
}

bool has_qdisc(const bpf_tc_hook& hook) {
    bpf_tc_opts any = filter(0);
    return bpf_tc_query(&hook, &any) != -EINVAL;
}

Result<> put_filter(const StateDir& state, std::uint32_t configuration, const LinkInfo& ingress, int program) {
    bpf_tc_hook hook = hook_of(ingress.ifindex, BPF_TC_INGRESS);
    const PinDir own(state.file(kOwnQdisc));
    const bool is_there = has_qdisc(hook);
    if (!is_there) {  // before it is there: a loader that is killed leaves no qdisc that nobody knows to be ours
        if (auto marked = own.create(); !marked) return marked;
    }
    const int created = bpf_tc_hook_create(&hook);
    if (created != 0 && created != -EEXIST)
        return system_error("create the clsact qdisc of " + ingress.name, -created);
    if (created != 0 && !is_there) {  // somebody else was faster
        if (auto unmarked = own.remove_all(); !unmarked) return unmarked;
    }
    bpf_tc_opts opts = filter(configuration);
    opts.prog_fd = program;
    opts.flags = BPF_TC_F_REPLACE;
    if (const int err = bpf_tc_attach(&hook, &opts); err != 0)
        return system_error("put the tc program on " + ingress.name +
                                ", whose ingress must have no other kind of filter at priority 1; see "
                                "tc filter show dev " + ingress.name + " ingress",
                            -err);
    return Ok{};
}

}  // namespace

Result<HandoverSecret> make_secret() {
    HandoverSecret secret{};
    if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size())) {
        const int err = errno;
        return system_error("get random bytes", err);
    }
    secret[0] = static_cast<std::uint8_t>((secret[0] & 0xfc) | 0x02);
    return secret;
}

void put_handover(xm_next_hop& row, xm_handover_how how, std::uint32_t value) {
    const auto byte = [value](int shift) { return static_cast<std::uint8_t>(value >> shift); };
    const std::uint8_t rest[] = {0x02,     static_cast<std::uint8_t>(how), byte(24), byte(16),
                                 byte(8), byte(0)};
    static_assert(sizeof(row.dst_mac) + sizeof(row.src_mac) == sizeof(xm_handover));
    std::fill(std::begin(row.dst_mac), std::end(row.dst_mac), std::uint8_t{0});
    std::copy(std::begin(rest), std::end(rest), row.src_mac);
}

Result<UniqueFd> load_handover(const LinkInfo& ingress, const HandoverSecret& secret) {
    LibbpfLog log;
    std::unique_ptr<handover_bpf, DestroySkeleton> skeleton(handover_bpf::open());
    if (!skeleton) {
        const int err = errno;
        return system_error("open the embedded BPF object for tc", err);
    }
    std::copy(secret.begin(), secret.end(), skeleton->rodata_handover->xm_secret);
    std::copy(ingress.mac.bytes.begin(), ingress.mac.bytes.end(),
              skeleton->rodata_handover->xm_ingress_mac);
    if (const int err = handover_bpf::load(skeleton.get()); err != 0)
        return system_error("the kernel refuses the tc program", -err);
    return own_copy(bpf_program__fd(skeleton->progs.xdpmirror_tc));
}

Result<> attach_handover(const StateDir& state, const PinDir& configuration, const LinkInfo& ingress, int program) {
    LibbpfLog log;
    if (auto pinned = configuration.pin(program, "handover"); !pinned) return pinned;
    return put_filter(state, number_of(configuration), ingress, program);
}

bool has_handover(unsigned ifindex, std::uint32_t configuration) {
    LibbpfLog log;
    const bpf_tc_hook hook = hook_of(ifindex, BPF_TC_INGRESS);
    bpf_tc_opts opts = filter(configuration);
    return bpf_tc_query(&hook, &opts) == 0;
}

Result<> detach_handover(unsigned ifindex, std::uint32_t configuration) {
    LibbpfLog log;
    const bpf_tc_hook hook = hook_of(ifindex, BPF_TC_INGRESS);
    bpf_tc_opts opts = filter(configuration);
    const int err = bpf_tc_detach(&hook, &opts);
    // EINVAL: the interface has no such qdisc any more
    if (err == 0 || err == -ENOENT || err == -EINVAL || err == -ENODEV) return Ok{};
    return system_error("take the tc program off", -err);
}

Result<> clear_handover(const StateDir& state, unsigned ifindex) {
    for (std::uint32_t i = 0; i < kHandles; ++i) {
        if (auto detached = detach_handover(ifindex, i); !detached) return detached;
    }
    if (!state.has(kOwnQdisc) || has_filters(ifindex)) return Ok{};
    LibbpfLog log;
    bpf_tc_hook qdisc = hook_of(ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
    bpf_tc_hook_destroy(&qdisc);
    return PinDir(state.file(kOwnQdisc)).remove_all();
}

}  // namespace xdpmirror
