// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How packets are handed to a device, chosen from what the device is and what its driver says that it
// can do. Knows no socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/config.h"
#include "loader/link.h"
#include "maps/layout.h"
#include "maps/result.h"

namespace xdpmirror {

struct ChosenPath {
    xm_path path = XM_PATH_REDIRECT;
    std::string why;  // for an operator: "its driver takes redirected frames"
};

// `features` are those of loader/xdp_features.h, nothing where the kernel does not tell. Errors say
// what the device is and which path it takes.
Result<ChosenPath> choose_path(const WayOut& way, const LinkInfo& link, unsigned ingress_ifindex,
                               std::optional<std::uint64_t> features);

// "redirect", "tx", "tc", "kernel".
const char* path_name(std::uint32_t path);

}  // namespace xdpmirror
