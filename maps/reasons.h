// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Labels and sentences of drop reasons, pass reasons and notes, made from the one list in drop_reasons.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace xdpmirror {

struct Reason {
    std::string_view label;  // "vni_unknown"
    std::string_view text;   // one sentence for humans
};

// The number is below XM_DROP_MAX, XM_PASS_MAX or XM_NOTE_MAX.
Reason drop_reason(std::uint32_t reason);
Reason pass_reason(std::uint32_t reason);
Reason note(std::uint32_t what);

}  // namespace xdpmirror
