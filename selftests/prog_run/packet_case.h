// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A packet case: a profile, one frame in, and everything that must be true afterwards: the verdict,
// the whole frame that leaves, and every counter. Tables of cases are instances of PacketTest.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "maps/drop_reasons.h"
#include "selftests/prog_run/rig.h"

namespace xdpmirror::test {

// A profile on a machine. Cases with the same setup share one loaded program.
struct Setup {
    const char* profile;
    Machine machine{};
};

// In whose books a packet of ours counts, by the names in the profile. Empty: in nobody's.
struct Accounts {
    std::string source{};
    std::string rule{};
    std::string collector{};
};

struct Want {
    int verdict;               // enum xdp_action
    std::uint32_t reason = 0;  // enum xm_drop_reason or xm_pass_reason, by the verdict
    std::optional<Packet> out{};
    Accounts accounts{};
    std::vector<xm_note> notes{};
    bool truncated = false;  // counts for its source as cut

    Want noting(xm_note what) const;
    Want cut() const;
};

// The frame goes to the kernel as it came.
Want passes(xm_pass_reason reason = XM_PASS_NOT_OURS);
// Dropped for `reason`; accounts say how far it came: admitted for a source, matched a rule.
Want drops(xm_drop_reason reason, Accounts accounts = {});
// Leaves as `out`, by the path of the setup's machine.
Want sends(Packet out, Accounts accounts);
// Goes to the kernel as `out`, to be fragmented.
Want sends_by_kernel(Packet out, Accounts accounts);

struct PacketCase {
    std::string name;
    const Setup* setup;
    Packet in;
    Want want;
    std::uint32_t linear = 0;  // as in Rig::run
};

// The loaded program of a setup; loaded on first use and kept until the end.
Rig& rig_for(const Setup& setup);

// Runs one frame and holds verdict, frame and books against `want`; a failure shows all that
// differs.
testing::AssertionResult behaves(const Rig& rig, const Packet& in, const Want& want,
                                 std::uint32_t linear = 0);

// Bytes that the books give a frame of ours: its outer IP length, so without padding behind it.
std::uint64_t booked_bytes(const Bytes& frame);

class PacketTest : public testing::TestWithParam<PacketCase> {};

void PrintTo(const PacketCase& packet_case, std::ostream* out);
std::string test_name(const testing::TestParamInfo<PacketCase>& info);

// Drop reasons that behaves() has seen in this process, for the last case of all.
bool was_seen(xm_drop_reason reason);

}  // namespace xdpmirror::test
