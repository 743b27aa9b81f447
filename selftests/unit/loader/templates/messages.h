// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Export messages written by hand, from RFC 3954 and RFC 7011.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "loader/templates/export_message.h"

namespace xdpmirror::test {

using Bytes = std::vector<std::uint8_t>;

// 16-bit words in network order.
inline Bytes words(const std::vector<unsigned>& words) {
    Bytes bytes;
    for (const unsigned word : words) {
        bytes.push_back(static_cast<std::uint8_t>(word >> 8));
        bytes.push_back(static_cast<std::uint8_t>(word));
    }
    return bytes;
}

inline Bytes join(std::initializer_list<Bytes> parts) {
    Bytes bytes;
    for (const auto& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}

// A set with its header, as long as its content says.
inline Bytes set(unsigned id, const Bytes& content) {
    return join({words({id, static_cast<unsigned>(content.size() + 4)}), content});
}

inline Bytes netflow9(unsigned records, const Bytes& sets, unsigned domain = 7) {
    return join({words({9, records, 0x0001, 0x0002, 0x6507, 0x0203, 0x0000, 0x00aa, 0, domain}), sets});
}

inline Bytes ipfix(const Bytes& sets, unsigned domain = 7) {
    return join({words({10, static_cast<unsigned>(16 + sets.size()), 0x6507, 0x0203, 0x0000, 0x00bb, 0, domain}), sets});
}

// Template 256: source address, destination address. 257: likewise with a field of enterprise 29305.
inline const Bytes kTemplate = words({256, 2, 8, 4, 12, 4});
inline const Bytes kEnterpriseTemplate = words({257, 2, 0x8001, 4, 0, 29305, 12, 4});
// Options: scope system, 4 bytes; sampling interval, 4 bytes.
inline const Bytes kOptions9 = words({258, 4, 4, 1, 4, 34, 4});
inline const Bytes kOptionsIpfix = words({258, 2, 1, 149, 4, 34, 4});

}  // namespace xdpmirror::test
