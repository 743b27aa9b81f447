// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One frame through the program, then: verdict, frame and books, each to the last byte and counter.
#include "selftests/prog_run/packet_case.h"

#include <linux/bpf.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <map>

#include "maps/reasons.h"
#include "selftests/prog_run/books_check.h"
#include "selftests/support/packet_diff.h"

namespace xdpmirror::test {
namespace {

constexpr std::size_t kEthBytes = 14;

std::array<bool, XM_DROP_MAX>& seen() {
    static std::array<bool, XM_DROP_MAX> reasons{};
    return reasons;
}

std::string verdict_name(int verdict) {
    constexpr const char* kNames[] = {"aborted", "drop", "pass", "tx", "redirect"};
    return verdict >= 0 && verdict < 5 ? kNames[verdict] : std::to_string(verdict);
}

bool is_drop(const Want& want) {
    return want.verdict == XDP_DROP || want.verdict == XDP_ABORTED;
}

bool is_pass(const Want& want) {
    return want.verdict == XDP_PASS && !want.out;
}

// The books as they must be after `in`.
Books expected_books(const Rig& rig, Books books, const Bytes& in, const Want& want) {
    if (is_pass(want)) {
        add_to(books.passes[want.reason], in.size());
        return books;
    }
    const std::uint64_t bytes = booked_bytes(in);
    const std::uint64_t sent = want.out ? want.out->bytes().size() : 0;
    const Accounts& to = want.accounts;
    add_to(books.received, bytes);
    for (const xm_note what : want.notes) add_to(books.notes[what], bytes);
    if (is_drop(want))
        add_to(books.drops[want.reason], bytes);
    else
        add_to(books.delivered, sent);
    if (!to.source.empty()) {
        auto& source = books.sources[rig.source_row(to.source)];
        add_to(source.received, bytes);
        if (want.truncated) add_to(source.truncated, bytes);
        if (is_drop(want))
            add_to(source.dropped, bytes);
        else
            add_to(source.forwarded, sent);
    }
    if (!to.rule.empty()) add_to(books.rules[rig.rule_row(to.rule)], bytes);
    if (!to.collector.empty()) add_to(books.collectors[rig.collector_row(to.collector)], sent);
    return books;
}

void remember_reasons(const Books& before, const Books& after) {
    for (std::size_t i = 0; i < XM_DROP_MAX; i++)
        if (after.drops[i].packets > before.drops[i].packets) seen()[i] = true;
}

std::string check_frame(const Packet& in, const Want& want, const Bytes& out) {
    if (is_pass(want)) return packet_diff(in, out);
    if (want.out) return packet_diff(*want.out, out);
    return "";  // nobody sees a dropped frame
}

}  // namespace

Want passes(xm_pass_reason reason) {
    return {.verdict = XDP_PASS, .reason = static_cast<std::uint32_t>(reason)};
}

Want drops(xm_drop_reason reason, Accounts accounts) {
    // what cannot happen is also shown to the kernel's exception tracepoint
    return {.verdict = reason == XM_DROP_INTERNAL ? XDP_ABORTED : XDP_DROP,
            .reason = static_cast<std::uint32_t>(reason),
            .accounts = std::move(accounts)};
}

Want sends(Packet out, Accounts accounts) {
    return {.verdict = XDP_REDIRECT, .out = std::move(out), .accounts = std::move(accounts)};
}

Want sends_by_kernel(Packet out, Accounts accounts) {
    return Want{.verdict = XDP_PASS, .out = std::move(out), .accounts = std::move(accounts)}.noting(
        XM_NOTE_OVERSIZE_FRAGMENTED);
}

Want Want::noting(xm_note what) const {
    Want more = *this;
    more.notes.push_back(what);
    return more;
}

Want Want::cut() const {
    Want more = *this;
    more.truncated = true;
    return more;
}

Rig& rig_for(const Setup& setup) {
    static std::map<const Setup*, Rig> rigs;
    if (const auto known = rigs.find(&setup); known != rigs.end()) return known->second;
    auto rig = Rig::make(setup.profile, setup.machine);
    if (!rig) {
        std::cerr << "cannot load the setup of a case: " << rig.error().what << " ("
                  << rig.error().code.message() << ")\n";
        std::exit(1);
    }
    return rigs.emplace(&setup, std::move(*rig)).first->second;
}

testing::AssertionResult behaves(const Rig& rig, const Packet& in, const Want& want,
                                 std::uint32_t linear) {
    const Bytes frame = in.bytes();
    auto before = rig.books();
    if (!before) return testing::AssertionFailure() << before.error().what;
    auto outcome = rig.run(frame, linear);
    if (!outcome)
        return testing::AssertionFailure()
               << outcome.error().what << ": " << outcome.error().code.message();
    auto after = rig.books();
    if (!after) return testing::AssertionFailure() << after.error().what;
    remember_reasons(*before, *after);

    std::string wrong;
    if (outcome->verdict != want.verdict)
        wrong = "verdict: want " + verdict_name(want.verdict) + ", got " +
                verdict_name(outcome->verdict) + "\n";
    else
        wrong = check_frame(in, want, outcome->frame);
    wrong += books_difference(rig, expected_books(rig, *before, frame, want), *after);
    wrong += conservation_violation(*after);
    if (wrong.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "\n" << wrong << "in:\n" << packet_text(in);
}

std::uint64_t booked_bytes(const Bytes& frame) {
    const auto at16 = [&](std::size_t at) {
        return static_cast<std::uint64_t>(frame.at(at) << 8 | frame.at(at + 1));
    };
    std::size_t ip = kEthBytes;
    while (at16(ip - 2) == 0x8100 || at16(ip - 2) == 0x88a8) ip += 4;
    return ip + (at16(ip - 2) == 0x86dd ? 40 + at16(ip + 4) : at16(ip + 2));
}

void PrintTo(const PacketCase& packet_case, std::ostream* out) {
    *out << packet_case.name;
}

std::string test_name(const testing::TestParamInfo<PacketCase>& info) {
    std::string name = info.param.name;
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return name;
}

bool was_seen(xm_drop_reason reason) {
    return seen()[reason];
}

TEST_P(PacketTest, Is) {
    const PacketCase& packet_case = GetParam();
    const Rig& rig = rig_for(*packet_case.setup);
    EXPECT_TRUE(behaves(rig, packet_case.in, packet_case.want, packet_case.linear))
        << packet_case.name;
}

}  // namespace xdpmirror::test
