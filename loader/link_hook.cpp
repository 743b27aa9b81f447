// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// XDP bpf_link by system call: libbpf's own attach lets the kernel choose the mode silently.
#include "loader/link_hook.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <cerrno>

#include "loader/libbpf_log.h"

namespace xdpmirror {
namespace {

__u32 mode_flags(xm_attach_mode mode) {
    return mode == XM_MODE_NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
}

// A link's refusal is a bare errno; the netlink way to attach gets the driver's sentence. Should it
// succeed where the link failed, it is undone at once.
std::string driver_words(int program_fd, int ifindex, __u32 flags) {
    LibbpfLog log;
    if (bpf_xdp_attach(ifindex, program_fd, flags | XDP_FLAGS_UPDATE_IF_NOEXIST, nullptr) == 0)
        bpf_xdp_detach(ifindex, flags, nullptr);
    return log.kernel_message();
}

Error refusal(int err, int program_fd, int ifindex, const std::string& interface,
              xm_attach_mode mode) {
    const std::string name = "interface '" + interface + "'";
    if (err == EBUSY || err == EEXIST)
        return system_error(name + " already has an XDP program; look at it with `bpftool net` and "
                                   "detach it first",
                            err);
    const std::string words = driver_words(program_fd, ifindex, mode_flags(mode));
    const std::string said = words.empty() ? "" : " (" + words + ")";
    if (mode == XM_MODE_GENERIC)
        return system_error(name + " refuses generic XDP" + said, err);
    if (words.find("MTU") != std::string::npos)
        return system_error(name + " refuses native XDP at its MTU" + said +
                                "; lower the MTU (ip link set " + interface +
                                " mtu 3498 fits every driver) or use --mode generic, which is slower",
                            err);
    if (words.find("queue") != std::string::npos || words.find("channel") != std::string::npos)
        return system_error(name + " refuses native XDP for lack of queues" + said +
                                "; halve them: ethtool -L " + interface + " combined N",
                            err);
    if (err == EOPNOTSUPP)
        return system_error(name + " has no native XDP" + said +
                                "; attach to the NIC below it, or use --mode generic, which is "
                                "slower",
                            err);
    return system_error(name + " refuses native XDP" + said +
                            "; see dmesg for the driver's reason, or use --mode generic, which is "
                            "slower",
                        err);
}

}  // namespace

Result<UniqueFd> attach_link(int program_fd, unsigned ifindex, const std::string& interface,
                             xm_attach_mode mode) {
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = mode_flags(mode));
    const int target = static_cast<int>(ifindex);
    const int fd = bpf_link_create(program_fd, target, BPF_XDP, &options);
    if (fd >= 0) return UniqueFd(fd);
    const int err = errno;
    return refusal(err, program_fd, target, interface, mode);
}

Result<> replace_program(int link_fd, int program_fd, int before_fd, const std::string& interface) {
    LIBBPF_OPTS(bpf_link_update_opts, options, .flags = BPF_F_REPLACE, .old_prog_fd = static_cast<__u32>(before_fd));
    if (bpf_link_update(link_fd, program_fd, &options) == 0) return Ok{};
    const int err = errno;
    if (err == ENOLINK)
        return system_error("interface '" + interface + "' is gone; when it is back, attach again: xdpmirror attach " +
                                interface, err);
    if (err == EPERM)
        return system_error("somebody else has changed the program of '" + interface +
                                "' meanwhile; see bpftool net, and try again", err);
    return system_error("replace the program of '" + interface + "'", err);
}

Result<unsigned> link_ifindex(int link_fd) {
    bpf_link_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(link_fd, &info, &bytes) != 0) {
        const int err = errno;
        return system_error("ask the pinned link for its interface", err);
    }
    return info.xdp.ifindex;
}

Result<> detach_link(int link_fd) {
    if (bpf_link_detach(link_fd) == 0) return Ok{};
    const int err = errno;
    return system_error("detach the pinned link", err);
}

const char* mode_name(std::uint32_t mode) {
    return mode == XM_MODE_GENERIC ? "generic" : "native";
}

}  // namespace xdpmirror
