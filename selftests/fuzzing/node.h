// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the machine says, beside the profile.
#pragma once

#include <cstdint>
#include <vector>

#include "config/address.h"

namespace xdpmirror::reference {

struct Way {  // one for each egress of the profile
    MacAddress from;
    MacAddress next_hop;
    std::uint32_t mtu = 1500;
};

struct Node {
    std::vector<IpAddress> claimed;  // addresses of the interface that frames come in by
    bool claims_all = false;         // as `explain` does: every destination is ours
    std::vector<IpAddress> own;      // of the node, on any interface
    MacAddress ingress;
    bool kernel_route = false;  // the kernel could send what we have it fragment
    std::vector<Way> ways;
};

}  // namespace xdpmirror::reference
