// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What becomes of a frame, with everything that is counted for it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "maps/drop_reasons.h"
#include "selftests/fuzzing/view.h"

namespace xdpmirror::reference {

enum class Verdict {
    pass,  // to the kernel, as it came
    drop,
    send,       // out of an egress
    to_kernel,  // to the kernel, rewritten, to be fragmented; counts as delivered
};

struct Answer {
    Verdict verdict = Verdict::pass;
    xm_pass_reason pass = XM_PASS_NOT_OURS;  // with Verdict::pass
    xm_drop_reason drop = XM_DROP_NONE;      // with Verdict::drop
    std::set<xm_note> notes;

    // Positions in the profile; a collector's is that among all collectors of all pools.
    std::optional<std::size_t> source;
    std::optional<std::size_t> rule;
    std::optional<std::size_t> collector;  // of a frame that leaves
    std::size_t egress = 0;                // the same

    bool truncated = false;
    std::uint64_t bytes = 0;  // as the books count the frame that came in
    Bytes out;                // of a frame that leaves or passes

    bool operator==(const Answer&) const = default;
    const char* reason() const;
    std::string text() const;
};

// Thrown where a rule of docs/packets.md decides, caught where answers are made.
struct Dropped {
    xm_drop_reason reason;
};
struct Passed {
    xm_pass_reason reason;
};

}  // namespace xdpmirror::reference
