// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Facts from this machine. Changes nothing, but asks next hops for their MAC, three seconds each at
// most.
#pragma once

#include <string>

#include "config/config.h"
#include "loader/doctor/facts.h"
#include "maps/result.h"

namespace xdpmirror {

// `config`: null when no profile was given. Error: the interface does not exist.
Result<Facts> gather_facts(const std::string& interface, const Config* config);

KernelFacts gather_kernel();
Cloud gather_cloud();
ProfileFacts gather_profile(NetlinkSocket& socket, const Config& config,
                            const DeviceFacts& ingress);

}  // namespace xdpmirror
