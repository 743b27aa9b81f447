// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the kernel must be told before it forwards oversized packets for us (oversize: fragment).
#pragma once

#include <string>

#include "maps/result.h"

namespace xdpmirror {

// IPv4 forwarding on, and no reverse-path filter that would drop the exporters' addresses uncounted, on
// the interface that packets come in by. An error names the setting and the command that mends it.
Result<> require_forwarding(const std::string& ingress);

}  // namespace xdpmirror
