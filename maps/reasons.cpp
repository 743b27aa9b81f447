// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The reason lists as tables.
#include "maps/reasons.h"

#include <array>
#include <cassert>

#include "maps/drop_reasons.h"

namespace xdpmirror {
namespace {

#define XM_AS_ROW(id, label, text) Reason{#label, text},
constexpr std::array kDropReasons{XM_DROP_REASONS(XM_AS_ROW)};
constexpr std::array kPassReasons{XM_PASS_REASONS(XM_AS_ROW)};
constexpr std::array kNotes{XM_NOTES(XM_AS_ROW)};
#undef XM_AS_ROW

static_assert(kDropReasons.size() == XM_DROP_MAX);
static_assert(kPassReasons.size() == XM_PASS_MAX);
static_assert(kNotes.size() == XM_NOTE_MAX);

}  // namespace

Reason drop_reason(std::uint32_t reason) {
    assert(reason < XM_DROP_MAX);
    return kDropReasons[reason];
}

Reason pass_reason(std::uint32_t reason) {
    assert(reason < XM_PASS_MAX);
    return kPassReasons[reason];
}

Reason note(std::uint32_t what) {
    assert(what < XM_NOTE_MAX);
    return kNotes[what];
}

}  // namespace xdpmirror
