// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Addresses and golden flows through maps/flow_hash.h.
#pragma once

#include <array>
#include <cstring>
#include <stdexcept>

#include "maps/flow_hash.h"
#include "selftests/unit/pools/golden.h"

namespace xdpmirror {

inline std::array<__be32, 4> words_of(const IpAddress& address) {
    std::array<__be32, 4> words{};
    std::memcpy(words.data(), address.bytes.data(), sizeof(words));
    return words;
}

inline std::uint64_t exporter_hash(const IpAddress& from) {
    return xm_flow_by_exporter(static_cast<__u64>(from.family), words_of(from).data());
}

inline std::uint64_t hash_of(const GoldenFlow& flow) {
    const auto from = words_of(flow.from), to = words_of(flow.to);
    const auto family = static_cast<__u64>(flow.from.family);
    if (flow.by == "exporter") return xm_flow_by_exporter(family, from.data());
    if (flow.by == "exporter-port")
        return xm_flow_by_exporter_port(family, from.data(), flow.from_port);
    if (flow.by == "tuple")
        return xm_flow_by_tuple(family, from.data(), to.data(), flow.from_port, flow.to_port,
                                flow.protocol);
    throw std::runtime_error("balanced by what? " + flow.line);
}

}  // namespace xdpmirror
