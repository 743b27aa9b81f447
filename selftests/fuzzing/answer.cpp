// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/answer.h"

namespace xdpmirror::reference {
namespace {

#define XM_AS_LABEL(id, label, text) #label,
constexpr const char* kDrops[] = {XM_DROP_REASONS(XM_AS_LABEL)};
constexpr const char* kPasses[] = {XM_PASS_REASONS(XM_AS_LABEL)};
constexpr const char* kNotes[] = {XM_NOTES(XM_AS_LABEL)};
#undef XM_AS_LABEL

constexpr const char* kVerdicts[] = {"pass", "drop", "send", "to_kernel"};

std::string row(const char* name, const std::optional<std::size_t>& number) {
    return number ? std::string(" ") + name + " " + std::to_string(*number) : "";
}

}  // namespace

const char* Answer::reason() const {
    if (verdict == Verdict::pass) return kPasses[pass];
    return kDrops[drop];
}

std::string Answer::text() const {
    std::string text = kVerdicts[static_cast<int>(verdict)];
    if (verdict == Verdict::pass || verdict == Verdict::drop) text += std::string(" ") + reason();
    for (const xm_note note : notes) text += std::string(" +") + kNotes[note];
    text += row("source", source) + row("rule", rule) + row("collector", collector);
    if (truncated) text += " truncated";
    return text + ", " + std::to_string(bytes) + " bytes in, " + std::to_string(out.size()) +
           " out";
}

}  // namespace xdpmirror::reference
