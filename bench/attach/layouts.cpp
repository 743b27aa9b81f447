// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a new version may change: longer rules and a new table, a larger table, packets of more than
// one buffer. Each is tried under load; a refusal keeps the kernel's errno.
#include "bench/attach/experiments.h"
#include "bench/attach/indexed.h"
#include "bench/attach/whole_program.h"

namespace xdpmirror::bench::attach {

using nlohmann::json;

namespace {

constexpr std::uint32_t kMoreRules = 2 * XM_ATT_RULES;

// What changing `mechanism` (already carrying traffic) said, with the books of it.
template <class T, class Change>
Result<json> attempt(const Bench& bench, const char* what, const char* name, Change change) {
    T mechanism;
    if (auto reset = bench.wire.reset(); !reset) return reset.error();
    if (auto started = mechanism.start(bench.target, 1, bench.pins); !started)
        return started.error();
    if (auto sending = bench.wire.send(); !sending) return sending.error();
    const Result<> changed = change(mechanism);
    bench.wire.wait(0.2);
    if (auto finished = bench.wire.finish(); !finished) return finished.error();
    auto tally = bench.wire.tally();
    if (auto removed = remove_pins(bench.pins); !removed) return removed.error();
    if (!tally) return tally.error();
    return json{{"mechanism", name},
                {"change", what},
                {"taken", static_cast<bool>(changed)},
                {"answer", changed ? "" : changed.error().what + ": " +
                                              changed.error().code.message()},
                {"lost", bench.wire.sent() - tally->packets},
                {"mixed", tally->mixed},
                {"generation", tally->last}};
}

template <class T>
auto to_kind(PipelineKind kind) {
    return [kind](T& mechanism) -> Result<> {
        auto changed = mechanism.reload_as(2, kind, {});
        if (!changed) return changed.error();
        return Ok{};
    };
}

auto to_rules(std::uint32_t value_size, std::uint32_t entries) {
    return [=](Indexed& mechanism) { return mechanism.offer_rules(value_size, entries); };
}

}  // namespace

Result<json> observe_layouts(const Bench& bench) {
    constexpr PipelineKind wide{.wide = true}, frags{.frags = true};
    constexpr const char* longer = "longer rules, a new table";
    constexpr const char* more = "twice the rules";
    constexpr const char* buffers = "single-buffer program to frags program";
    const Result<json> attempts[] = {
        attempt<LinkUpdate>(bench, longer, "A link update", to_kind<LinkUpdate>(wide)),
        attempt<SlotSwap>(bench, longer, "B tail call", to_kind<SlotSwap>(wide)),
        attempt<Indexed>(bench, longer, "C indexed tables",
                         to_rules(sizeof(xm_att_wide_rule), XM_ATT_RULES)),
        attempt<Indexed>(bench, more, "C indexed tables",
                         to_rules(sizeof(xm_att_rule), kMoreRules)),
        attempt<LinkUpdate>(bench, buffers, "A link update", to_kind<LinkUpdate>(frags)),
        attempt<SlotSwap>(bench, buffers, "B tail call", to_kind<SlotSwap>(frags)),
    };
    json results = json::array();
    for (const auto& made : attempts) {
        if (!made) return made.error();
        results.push_back(*made);
    }
    return results;
}

}  // namespace xdpmirror::bench::attach
