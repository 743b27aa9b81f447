// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Feature bits of virtio network devices (virtio 1.2, sections 5.1.3 and 6): the kernel's header is
// not C++.
#pragma once

#include <cstdint>

namespace xdpmirror {

inline constexpr int kVirtioGuestCsum = 1;
inline constexpr int kVirtioCtrlGuestOffloads = 2;  // the driver may switch the others off
inline constexpr int kVirtioGuestTso4 = 7;
inline constexpr int kVirtioGuestTso6 = 8;
inline constexpr int kVirtioGuestEcn = 9;
inline constexpr int kVirtioGuestUfo = 10;
inline constexpr int kVirtioMergeableBuffers = 15;
inline constexpr int kVirtioAnyLayout = 27;
inline constexpr int kVirtioVersion1 = 32;
inline constexpr int kVirtioGuestUso4 = 54;
inline constexpr int kVirtioGuestUso6 = 55;

constexpr bool virtio_has(std::uint64_t features, int bit) {
    return ((features >> bit) & 1) != 0;
}

}  // namespace xdpmirror
