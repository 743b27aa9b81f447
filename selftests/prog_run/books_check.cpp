// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Books flattened to named counters, so that one comparison serves all of them.
#include "selftests/prog_run/books_check.h"

#include <cstring>
#include <utility>
#include <vector>

#include "maps/reasons.h"

namespace xdpmirror::test {
namespace {

using Counters = std::vector<std::pair<std::string, std::uint64_t>>;

void put(Counters& out, const std::string& name, const xm_count& count) {
    out.emplace_back(name + " packets", count.packets);
    out.emplace_back(name + " bytes", count.bytes);
}

Counters flatten(const Rig& rig, const Books& books) {
    Counters out;
    put(out, "received", books.received);
    put(out, "delivered", books.delivered);
    for (std::uint32_t i = 0; i < XM_DROP_MAX; i++)
        put(out, "drop " + std::string(drop_reason(i).label), books.drops[i]);
    for (std::uint32_t i = 0; i < XM_PASS_MAX; i++)
        put(out, "pass " + std::string(pass_reason(i).label), books.passes[i]);
    for (std::uint32_t i = 0; i < XM_NOTE_MAX; i++)
        put(out, "note " + std::string(note(i).label), books.notes[i]);
    for (std::size_t i = 0; i < books.sources.size(); i++) {
        const std::string name = "source " + rig.config().sources[i].name;
        put(out, name + " received", books.sources[i].received);
        put(out, name + " forwarded", books.sources[i].forwarded);
        put(out, name + " dropped", books.sources[i].dropped);
        put(out, name + " truncated", books.sources[i].truncated);
    }
    for (std::size_t i = 0; i < books.rules.size(); i++)
        put(out, "rule " + rig.config().rules[i].name, books.rules[i]);
    for (std::size_t i = 0; i < books.collectors.size(); i++)
        put(out, "collector " + rig.plan().collectors[i].label, books.collectors[i]);
    return out;
}

// Counters only, no padding: rows are compared as bytes.
template <class Rows>
bool same_rows(const Rows& left, const Rows& right) {
    return left.size() == right.size() &&
           std::memcmp(left.data(), right.data(), left.size() * sizeof(left[0])) == 0;
}

bool same(const Books& left, const Books& right) {
    return std::memcmp(&left.received, &right.received, sizeof(left.received)) == 0 &&
           std::memcmp(&left.delivered, &right.delivered, sizeof(left.delivered)) == 0 &&
           same_rows(left.drops, right.drops) && same_rows(left.passes, right.passes) &&
           same_rows(left.notes, right.notes) &&
           same_rows(left.sources, right.sources) && same_rows(left.rules, right.rules) &&
           same_rows(left.collectors, right.collectors);
}

std::string unequal(const char* what, std::uint64_t left, std::uint64_t right) {
    if (left == right) return "";
    return std::string(what) + ": " + std::to_string(left) + " != " + std::to_string(right) + "\n";
}

}  // namespace

std::string books_difference(const Rig& rig, const Books& want, const Books& got) {
    if (same(want, got)) return "";  // names are made only for a failure
    const Counters wanted = flatten(rig, want);
    const Counters found = flatten(rig, got);
    std::string text;
    for (std::size_t i = 0; i < wanted.size(); i++) {
        if (wanted[i].second == found[i].second) continue;
        text += wanted[i].first + ": want " + std::to_string(wanted[i].second) + ", got " +
                std::to_string(found[i].second) + "\n";
    }
    return text;
}

std::string conservation_violation(const Books& books) {
    std::string text = unequal("received packets = delivered + drops", books.received.packets,
                               books.delivered.packets + books.dropped().packets);
    for (const auto& source : books.sources)
        text += unequal("source: received packets = forwarded + dropped", source.received.packets,
                        source.forwarded.packets + source.dropped.packets);
    xm_count collectors{};
    for (const auto& count : books.collectors) {
        collectors.packets += count.packets;
        collectors.bytes += count.bytes;
    }
    text += unequal("delivered packets = sum over collectors", books.delivered.packets,
                    collectors.packets);
    text +=
        unequal("delivered bytes = sum over collectors", books.delivered.bytes, collectors.bytes);
    return text;
}

void add_to(xm_count& count, std::uint64_t bytes) {
    count.packets++;
    count.bytes += bytes;
}

}  // namespace xdpmirror::test
