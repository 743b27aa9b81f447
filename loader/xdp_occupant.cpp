// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which XDP program is on an interface now, through libbpf.
#include "loader/xdp_occupant.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>

#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

std::string name_of_program(std::uint32_t id) {
    const UniqueFd program(bpf_prog_get_fd_by_id(id));
    if (!program) return {};
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(program.get(), &info, &size) != 0) return {};
    return info.name;
}

// An ifindex is only unique within a namespace, a link is seen from all of them: hence the program
// is compared, too.
bool holds(std::uint32_t link_id, unsigned ifindex, std::uint32_t program_id) {
    const UniqueFd link(bpf_link_get_fd_by_id(link_id));
    if (!link) return false;
    bpf_link_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(link.get(), &info, &size) != 0) return false;
    return info.type == BPF_LINK_TYPE_XDP && info.xdp.ifindex == ifindex &&
           info.prog_id == program_id;
}

std::uint32_t find_link_of(unsigned ifindex, std::uint32_t program_id) {
    std::uint32_t id = 0;
    while (bpf_link_get_next_id(id, &id) == 0) {
        if (holds(id, ifindex, program_id)) return id;
    }
    return 0;
}

}  // namespace

const char* to_text(XdpOccupant::Mode mode) {
    switch (mode) {
        case XdpOccupant::Mode::native:
            return "native";
        case XdpOccupant::Mode::generic:
            return "generic";
        case XdpOccupant::Mode::offload:
            return "offload";
    }
    return "";
}

Result<std::optional<XdpOccupant>> xdp_occupant(unsigned ifindex) {
    LIBBPF_OPTS(bpf_xdp_query_opts, found);
    const int code = bpf_xdp_query(static_cast<int>(ifindex), 0, &found);
    if (code != 0) {
        return system_error(fmt::format("read XDP program of interface {}", ifindex), -code);
    }
    XdpOccupant occupant;
    if (found.hw_prog_id != 0) {
        occupant.program_id = found.hw_prog_id;
        occupant.mode = XdpOccupant::Mode::offload;
    } else if (found.drv_prog_id != 0) {
        occupant.program_id = found.drv_prog_id;
    } else if (found.skb_prog_id != 0) {
        occupant.program_id = found.skb_prog_id;
        occupant.mode = XdpOccupant::Mode::generic;
    } else {
        return std::optional<XdpOccupant>{};
    }
    occupant.program_name = name_of_program(occupant.program_id);
    occupant.link_id = find_link_of(ifindex, occupant.program_id);
    return std::optional<XdpOccupant>{occupant};
}

bool is_on(std::uint32_t program_id, unsigned ifindex) {
    LIBBPF_OPTS(bpf_xdp_query_opts, found);
    if (program_id == 0 || bpf_xdp_query(static_cast<int>(ifindex), 0, &found) != 0) return false;
    return found.drv_prog_id == program_id || found.skb_prog_id == program_id || found.prog_id == program_id;
}

}  // namespace xdpmirror
