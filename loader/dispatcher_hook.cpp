// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// libxdp loads the program itself, as an extension (freplace) of its dispatcher.
#include "loader/dispatcher_hook.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <xdp/libxdp.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "loader/libbpf_log.h"

namespace xdpmirror {
namespace {

struct CloseProgram {
    void operator()(xdp_program* program) const { xdp_program__close(program); }
};
using ProgramPtr = std::unique_ptr<xdp_program, CloseProgram>;

xdp_attach_mode libxdp_mode(xm_attach_mode mode) {
    return mode == XM_MODE_NATIVE ? XDP_MODE_NATIVE : XDP_MODE_SKB;
}

Error refusal(int err, const std::string& interface, const LibbpfLog& log) {
    const std::string name = "the XDP dispatcher on '" + interface + "' cannot take the data plane: ";
    const std::string cure = "; attach without --shared, when no other XDP program is on it";
    if (log.text().find("changes packet data, while original does not") != std::string::npos)
        return system_error(name + "it moves the packet's head, which this kernel allows only "
                                   "behind a newer libxdp's dispatcher" + cure,
                            err);
    if (err == EPERM)
        return system_error(name + "this kernel refuses extension programs (freplace)" + cure, err);
    if (err == EBUSY || err == EEXIST)
        return system_error(name + "another program holds the interface without a dispatcher; see "
                                   "`bpftool net`" + cure,
                            err);
    constexpr std::string_view kBegin = "-- BEGIN PROG LOAD LOG --";
    constexpr std::string_view kEnd = "-- END PROG LOAD LOG --";
    std::string words = log.text().substr(0, log.text().find(kEnd));
    if (const auto begin = words.rfind(kBegin); begin != std::string::npos)
        words = words.substr(begin + kBegin.size());
    if (words.size() > 300) words = "..." + words.substr(words.size() - 300);
    std::replace(words.begin(), words.end(), '\n', ' ');
    return system_error(name + "libxdp refuses (" + words + ")" + cure, err);
}

struct CloseMultiprog {
    void operator()(xdp_multiprog* programs) const { xdp_multiprog__close(programs); }
};

// Where extension programs do not work, libxdp attaches the program alone and reports success.
bool attached_alone(int ifindex) {
    std::unique_ptr<xdp_multiprog, CloseMultiprog> programs(xdp_multiprog__get_from_ifindex(ifindex));
    if (libxdp_get_error(programs.get()) != 0) {
        static_cast<void>(programs.release());  // an error pointer
        return true;
    }
    return xdp_multiprog__is_legacy(programs.get());
}

}  // namespace

Result<UniqueFd> attach_behind_dispatcher(DataPlane& plane, unsigned ifindex,
                                          const std::string& interface, xm_attach_mode mode) {
    UniqueFd attached;
    auto done = plane.with_unloaded_copy([&](bpf_object* object) -> Result<> {
        LibbpfLog log;
        ProgramPtr program(xdp_program__from_bpf_obj(object, "xdp.frags"));
        if (const long err = libxdp_get_error(program.get()); err != 0) {
            static_cast<void>(program.release());  // an error pointer
            return system_error("hand the data plane to libxdp", static_cast<int>(-err));
        }
        const int err = xdp_program__attach(program.get(), static_cast<int>(ifindex),
                                            libxdp_mode(mode), 0);
        if (err != 0) return refusal(-err, interface, log);
        if (attached_alone(static_cast<int>(ifindex))) {
            bpf_xdp_detach(static_cast<int>(ifindex),
                           mode == XM_MODE_NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE,
                           nullptr);
            return refusal(EPERM, interface, log);
        }
        attached.reset(::fcntl(xdp_program__fd(program.get()), F_DUPFD_CLOEXEC, 3));
        return Ok{};
    });
    if (!done) return done.error();
    return attached;
}

Result<> detach_from_dispatcher(int program_fd, unsigned ifindex, xm_attach_mode mode) {
    LibbpfLog log;
    bpf_prog_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(program_fd, &info, &bytes) != 0) {
        const int err = errno;
        return system_error("describe the program behind the dispatcher", err);
    }
    ProgramPtr program(xdp_program__from_id(info.id));
    if (const long err = libxdp_get_error(program.get()); err != 0) {
        static_cast<void>(program.release());
        return system_error("find the program behind the dispatcher", static_cast<int>(-err));
    }
    const int err = xdp_program__detach(program.get(), static_cast<int>(ifindex),
                                        libxdp_mode(mode), 0);
    if (err != 0) return system_error("take the program out of the dispatcher", -err);
    return Ok{};
}

}  // namespace xdpmirror
