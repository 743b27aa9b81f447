// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the kernel makes of an IPv4 packet that it forwards into a smaller MTU, for explain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace xdpmirror {

// `frame` is Ethernet and IPv4 without options, DF clear, its IP length correct; each fragment has the
// frame's Ethernet header and a TTL one less, as RFC 791 section 3.2 has it: offsets in units of 8
// bytes, MF in all but the last (of a packet that was a fragment itself: as it was there). A frame
// that fits comes back as one.
std::vector<std::vector<std::byte>> kernel_fragments(const std::vector<std::byte>& frame,
                                                     std::uint32_t mtu);

}  // namespace xdpmirror
