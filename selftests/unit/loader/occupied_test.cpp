// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What an attach says to an interface that carries somebody else's program.
#include "loader/occupied.h"

#include <gtest/gtest.h>

namespace xdpmirror {
namespace {

XdpOccupant occupant(const char* name, XdpOccupant::Mode mode, std::uint32_t link_id = 0) {
    return {.program_id = 12, .mode = mode, .program_name = name, .link_id = link_id};
}

std::string said(const XdpOccupant& there, const Entry& entry = {}) {
    const auto refused = refusal("eth1", there, entry);
    return refused ? refused->what : "";
}

TEST(Refusal, ByNetlinkTheCureNamesTheMode) {
    using Mode = XdpOccupant::Mode;
    EXPECT_EQ(
        said(occupant("pass", Mode::native)),
        "interface 'eth1' already has the XDP program 'pass' (id 12, native); take it off: ip "
        "link set dev eth1 xdpdrv off, or replace it: attach with --force");
    EXPECT_EQ(
        said(occupant("pass", Mode::generic)),
        "interface 'eth1' already has the XDP program 'pass' (id 12, generic); take it off: ip "
        "link set dev eth1 xdpgeneric off, or replace it: attach with --force");
    EXPECT_EQ(said(occupant("", Mode::offload)),
              "interface 'eth1' already has the XDP program (id 12, offload); take it off: ip link "
              "set dev eth1 xdpoffload off, or replace it: attach with --force");
}

TEST(Refusal, ForceReplacesWhatNetlinkAttached) {
    EXPECT_EQ(said(occupant("pass", XdpOccupant::Mode::native), {.force = true}), "");
    EXPECT_EQ(said(occupant("", XdpOccupant::Mode::generic),
                   {.kind = XM_ATTACH_DISPATCHER, .force = true}),
              "");
}

TEST(Refusal, ALinkIsItsOwnersWithForceToo) {
    auto there = occupant("pass", XdpOccupant::Mode::native, 7);
    for (const bool force : {false, true}) {
        there.link_holder = "";
        EXPECT_EQ(
            said(there, {.force = force}),
            "interface 'eth1' already has the XDP program 'pass' (id 12, native), held by "
            "bpf_link 7 of no process that is seen here, so it may be pinned (see: bpftool "
            "--bpffs link show id 7); only its owner can replace it; take it off: bpftool link "
            "detach id 7");
        there.link_holder = "process 812 (xdpfw)";
        EXPECT_EQ(
            said(there, {.force = force}),
            "interface 'eth1' already has the XDP program 'pass' (id 12, native), held by "
            "bpf_link 7 of process 812 (xdpfw), which alone can replace it; end that process, "
            "or take it off: bpftool link detach id 7");
    }
}

TEST(Refusal, ADispatcherIsJoinedNeverReplaced) {
    const auto there = occupant("xdp_dispatcher", XdpOccupant::Mode::native);
    for (const bool force : {false, true}) {
        EXPECT_EQ(said(there, {.kind = XM_ATTACH_DISPATCHER, .force = force}), "");
        EXPECT_EQ(
            said(there, {.force = force}),
            "interface 'eth1' already has the XDP program 'xdp_dispatcher' (id 12, native), "
            "libxdp's, with the programs of others behind it; attach beside them: --shared, or "
            "take them all off: xdp-loader unload eth1 --all");
    }
}

TEST(Refusal, OurOwnStubIsNamed) {
    for (const bool force : {false, true})
        EXPECT_EQ(said(occupant("xdpmirror_stub", XdpOccupant::Mode::native, 7), {.force = force}),
                  "interface 'eth1' is the egress of another attachment and carries its stub "
                  "program; one interface cannot be both in this version");
}

}  // namespace
}  // namespace xdpmirror
