// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Where the kernel routes mirrored packets (path: kernel), it would answer their senders: with ICMP for
// what it cannot deliver. Its answers carry the packet's mark (fwmark_reflect), and a routing rule sends
// them nowhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/address.h"
#include "maps/result.h"

namespace xdpmirror {

// What the kernel must be told before it may route for us: forwarding on, fwmark_reflect on, and for
// IPv4 no reverse-path filter. An error names the setting and the command that mends it.
Result<> require_routing(const std::string& ingress, const std::vector<Family>& families);

// One rule for each mark and address family, before all rules but the local table's; attachments share
// them, and one that is there already is no error.
Result<> silence(const std::vector<std::uint32_t>& marks);
// Takes them away; those that are not there are no error.
Result<> end_silence(const std::vector<std::uint32_t>& marks);

}  // namespace xdpmirror
