// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A link does not take the place of a program that netlink attached: the kernel wants the hook
// free.
#include "loader/occupied.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <cerrno>

#include "loader/libbpf_log.h"
#include "loader/link_holder.h"

namespace xdpmirror {
namespace {

bool is_dispatcher(const XdpOccupant& occupant) {
    return occupant.program_name == "xdp_dispatcher";
}

// With a mode of its own: `xdp off` leaves a generic program where the driver has native XDP.
std::string off_command(const std::string& interface, XdpOccupant::Mode mode) {
    constexpr const char* kHooks[] = {"xdpdrv", "xdpgeneric", "xdpoffload"};
    return "ip link set dev " + interface + " " + kHooks[static_cast<std::size_t>(mode)] + " off";
}

__u32 mode_flags(XdpOccupant::Mode mode) {
    constexpr __u32 kFlags[] = {XDP_FLAGS_DRV_MODE, XDP_FLAGS_SKB_MODE, XDP_FLAGS_HW_MODE};
    return kFlags[static_cast<std::size_t>(mode)];
}

Result<Evicted> take_off(const LinkInfo& link, const XdpOccupant& occupant) {
    const std::string what = "take " + to_text(occupant) + " off interface '" + link.name + "'";
    Evicted evicted{.occupant = occupant,
                    .program = UniqueFd(bpf_prog_get_fd_by_id(occupant.program_id))};
    if (!evicted.program) {
        const int err = errno;
        return system_error(what, err);
    }
    LibbpfLog log;
    LIBBPF_OPTS(bpf_xdp_attach_opts, only_that, .old_prog_fd = evicted.program.get());
    const int code =
        bpf_xdp_detach(static_cast<int>(link.ifindex), mode_flags(occupant.mode), &only_that);
    if (code == 0) return evicted;
    const std::string words = log.kernel_message();
    return system_error(what + (words.empty() ? "" : " (" + words + ")"), -code);
}

}  // namespace

std::string to_text(const XdpOccupant& occupant) {
    const std::string name =
        occupant.program_name.empty() ? "" : " '" + occupant.program_name + "'";
    return "the XDP program" + name + " (id " + std::to_string(occupant.program_id) + ", " +
           to_text(occupant.mode) + ")";
}

std::optional<Error> refusal(const std::string& interface, const XdpOccupant& occupant,
                             const Entry& entry) {
    const std::string has = "interface '" + interface + "' already has " + to_text(occupant);
    if (occupant.program_name == "xdpmirror_stub")
        return Error{"interface '" + interface +
                     "' is the egress of another attachment and carries its stub program; one "
                     "interface cannot be both in this version"};
    if (is_dispatcher(occupant)) {
        if (entry.kind == XM_ATTACH_DISPATCHER) return std::nullopt;
        return Error{has +
                     ", libxdp's, with the programs of others behind it; attach beside them: "
                     "--shared, or take them all off: xdp-loader unload " +
                     interface + " --all"};
    }
    if (occupant.by_link()) {
        const std::string id = std::to_string(occupant.link_id);
        const std::string cure = "take it off: bpftool link detach id " + id;
        if (occupant.link_holder.empty())
            return Error{has + ", held by bpf_link " + id +
                         " of no process that is seen here, so it may be pinned (see: bpftool "
                         "--bpffs link show id " +
                         id + "); only its owner can replace it; " + cure};
        return Error{has + ", held by bpf_link " + id + " of " + occupant.link_holder +
                     ", which alone can replace it; end that process, or " + cure};
    }
    if (entry.force) return std::nullopt;
    return Error{has + "; take it off: " + off_command(interface, occupant.mode) +
                 ", or replace it: attach with --force"};
}

Result<> refuse_occupied(const LinkInfo& link, const Entry& entry) {
    auto occupant = xdp_occupant(link.ifindex);
    if (!occupant) return occupant.error();
    if (!*occupant) return Ok{};
    if ((*occupant)->by_link()) (*occupant)->link_holder = link_holder((*occupant)->link_id);
    if (auto refused = refusal(link.name, **occupant, entry)) return *refused;
    return Ok{};
}

Result<std::vector<Evicted>> evict(const LinkInfo& link, const Entry& entry) {
    std::vector<Evicted> evicted;
    for (;;) {  // a NIC can have one in its hardware and one above
        auto occupant = xdp_occupant(link.ifindex);
        if (!occupant) return occupant.error();
        if (!*occupant || is_dispatcher(**occupant)) return evicted;
        Error error;
        if (auto refused = refusal(link.name, **occupant, entry)) {
            error = *refused;
        } else if (auto taken = take_off(link, **occupant); taken) {
            evicted.push_back(std::move(*taken));
            continue;
        } else {
            error = taken.error();
        }
        if (auto back = restore(link, evicted); !back) error.what += "; " + back.error().what;
        return error;
    }
}

Result<> restore(const LinkInfo& link, const std::vector<Evicted>& evicted) {
    for (const auto& [occupant, program] : evicted) {
        LibbpfLog log;
        const int code =
            bpf_xdp_attach(static_cast<int>(link.ifindex), program.get(),
                           mode_flags(occupant.mode) | XDP_FLAGS_UPDATE_IF_NOEXIST, nullptr);
        if (code != 0)
            return system_error(to_text(occupant) + " was taken off and cannot be put back", -code);
    }
    return Ok{};
}

}  // namespace xdpmirror
