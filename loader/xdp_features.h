// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What XDP can do on an interface as its driver says it at this moment: the answer may change with
// the device's settings and with the programs on it and on its peer.
#pragma once

#include <cstdint>
#include <optional>

#include "maps/result.h"

namespace xdpmirror {

// enum netdev_xdp_act of the kernel's include/uapi/linux/netdev.h, which is newer than the headers
// this is built with.
inline constexpr std::uint64_t kXdpActBasic = 1;     // drop, pass, transmit back
inline constexpr std::uint64_t kXdpActRedirect = 2;  // a program there may redirect
inline constexpr std::uint64_t kXdpActNdoXmit = 4;   // it is a target of redirects
inline constexpr std::uint64_t kXdpActXskZerocopy = 8;
inline constexpr std::uint64_t kXdpActHwOffload = 16;
inline constexpr std::uint64_t kXdpActRxSg = 32;       // takes frags programs
inline constexpr std::uint64_t kXdpActNdoXmitSg = 64;  // it is a target for frames of many parts

// Nothing when the kernel does not tell (before 6.3).
Result<std::optional<std::uint64_t>> xdp_features(unsigned ifindex);

}  // namespace xdpmirror
