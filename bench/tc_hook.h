// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Attaches a tc program at a device's ingress or egress. Deleting the device detaches it.
#pragma once

#include <bpf/libbpf.h>

#include <cstdint>

#include "maps/result.h"

namespace xdpmirror::bench {

inline Result<> attach_tc(int program, std::uint32_t ifindex, bpf_tc_attach_point where) {
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = static_cast<int>(ifindex), .attach_point = where);
    LIBBPF_OPTS(bpf_tc_opts, tc, .prog_fd = program);

    if (const int err = bpf_tc_hook_create(&hook); err != 0)
        return system_error("create the clsact qdisc", -err);
    if (const int err = bpf_tc_attach(&hook, &tc); err != 0)
        return system_error("attach the tc program", -err);
    return Ok{};
}

}  // namespace xdpmirror::bench
