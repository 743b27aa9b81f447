// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the kernel must be told before it forwards packets for us (oversize: fragment, path: kernel).
#pragma once

#include <string>

#include "config/address.h"
#include "maps/result.h"

namespace xdpmirror {

// Forwarding on, and for IPv4 no reverse-path filter that would drop the exporters' addresses uncounted,
// on the interface that packets come in by. `what` needs it, "oversize: fragment". An error names the
// setting and the command that mends it.
Result<> require_forwarding(const std::string& ingress, Family family, const std::string& what);

// The kernel's answers carry the mark of what they answer: net.ipv4.fwmark_reflect, net.ipv6 likewise.
Result<> require_reflected_marks(Family family, const std::string& what);

}  // namespace xdpmirror
