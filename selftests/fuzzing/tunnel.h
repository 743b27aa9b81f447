// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// packets.md, sections 1 and 2: from the frame to what was mirrored, and whose it is.
#pragma once

#include <cstdint>

#include "config/config.h"
#include "selftests/fuzzing/answer.h"
#include "selftests/fuzzing/node.h"
#include "selftests/fuzzing/prefixes.h"
#include "selftests/fuzzing/view.h"

namespace xdpmirror::reference {

// The ports that the profile claims.
struct TunnelPorts {
    explicit TunnelPorts(const Config& config);
    bool are_ours(std::uint16_t port) const;

    std::uint16_t vxlan = 0;
    std::uint16_t geneve = 0;
    bool has_vxlan = false;
    bool has_geneve = false;
};

// A packet of ours (section 1), and its UDP payload if its lengths agree.
struct Outer {
    WayIn way = WayIn::vxlan;
    IpAddress sender;
    View payload;
};
// Throws Passed for what is not ours, Dropped for what is; `bytes` is set for the latter.
Outer read_outer(const Config& config, const Node& node, View frame, std::uint64_t& bytes);

// What was mirrored.
struct Mirrored {
    std::size_t source = 0;
    std::uint32_t vni = 0;
    View frame;  // to the end of the grant
};
// Section 2. Counts for a source and notes in `answer`; throws Passed and Dropped.
Mirrored open_tunnel(const Config& config, const Outer& outer, Answer& answer);

// The source among those chosen by `is_candidate` with the longest prefix around `address`; the
// first in the profile among equal ones. `list` says which of a source's prefixes.
template <class IsCandidate>
std::optional<std::size_t> longest(const Config& config, std::vector<Prefix> Source::*list,
                                   const IpAddress& address, IsCandidate is_candidate) {
    std::optional<std::size_t> best;
    int best_length = -1;
    for (std::size_t i = 0; i < config.sources.size(); i++) {
        const Source& source = config.sources[i];
        if (!is_candidate(source)) continue;
        for (const Prefix& prefix : source.*list) {
            if (!is_in(prefix, address) || prefix.length <= best_length) continue;
            best = i;
            best_length = prefix.length;
        }
    }
    return best;
}

}  // namespace xdpmirror::reference
