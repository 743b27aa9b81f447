// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Attaches a program natively, never generically, and leaves the link pinned: removing the pin
// detaches it.
#pragma once

#include <bpf/bpf.h>
#include <linux/if_link.h>

#include <cerrno>
#include <memory>
#include <string>

#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror::bench {

template <auto Fn>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Fn(object);
    }
};

inline Result<> attach_native(int program, std::uint32_t ifindex, const std::string& pin) {
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);

    UniqueFd link(bpf_link_create(program, static_cast<int>(ifindex), BPF_XDP, &options));
    if (!link) return system_error("attach in native mode", errno);
    if (bpf_obj_pin(link.get(), pin.c_str()) != 0) return system_error("pin '" + pin + "'", errno);
    return Ok{};
}

}  // namespace xdpmirror::bench
