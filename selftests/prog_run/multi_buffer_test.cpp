// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Frames in several buffers, as drivers deliver jumbo frames: the same promises, wherever the
// border of the first buffer is.
#include <cerrno>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Setup kJumbo{kPlainProfile, {.mtu = 9001}};

class MultiBuffer : public testing::Test {
  protected:
    void SetUp() override {
        if ((rig().data_plane().features() & XM_FEATURE_FRAGS) == 0)
            GTEST_SKIP() << "this kernel does not load the multi-buffer program";
    }
    static Rig& rig() { return rig_for(kJumbo); }
};

TEST_F(MultiBuffer, JumboFramesAreDeliveredWhole) {
    EXPECT_TRUE(behaves(rig(), flow4(8900), sends(delivered4(8900), kFlows)));
    EXPECT_TRUE(behaves(rig(), flow6(8900), sends(delivered6(8900), kFlows6)));
    EXPECT_TRUE(behaves(rig(), flow4(9001 - 28), sends(delivered4(9001 - 28), kFlows)));
    EXPECT_TRUE(
        behaves(rig(), flow4(9001 - 28 + 1), drops(XM_DROP_EGRESS_OVERSIZE, {"core", "flows"})));
}

// Sizes around the borders of pages, where trimming takes away whole buffers.
TEST_F(MultiBuffer, PaddingIsStrippedAcrossBuffers) {
    for (const std::size_t payload : {10U, 3300U, 3400U, 3500U, 4096U, 7500U, 7600U}) {
        for (const std::size_t padding : {1U, 60U, 1000U, 4095U, 4096U, 4097U, 9000U}) {
            const Packet in = mirrored({.padding = padding}).ipv4().udp().payload(payload);
            ASSERT_TRUE(behaves(rig(), in, sends(delivered4(payload), kFlows)))
                << payload << " bytes with " << padding << " behind them";
            ASSERT_TRUE(behaves(rig(), flow4(payload).trailing(padding),
                                sends(delivered4(payload), kFlows)))
                << payload << " bytes with " << padding << " behind the frame";
        }
    }
}

TEST_F(MultiBuffer, MissingBytesAreSeenAcrossBuffers) {
    for (const std::size_t missing : {1U, 100U, 4096U, 5500U}) {
        EXPECT_TRUE(behaves(rig(), flow4(8900).cut(missing), drops(XM_DROP_OUTER_LENGTH)))
            << missing;
        const Packet mirror_cut =
            mirrored({.packet_length = 14 + 28 + 8900 - missing}).ipv4().udp().payload(8900);
        EXPECT_TRUE(behaves(rig(), mirror_cut, drops(XM_DROP_INNER_TRUNCATED, {"core"}).cut()))
            << missing;
        EXPECT_TRUE(
            behaves(rig(), mirror_cut.trailing(missing), drops(XM_DROP_INNER_TRUNCATED, {"core"}).cut()))
            << missing;
    }
}

TEST_F(MultiBuffer, OtherTrafficPassesWhole) {
    EXPECT_TRUE(behaves(rig(), Packet().eth().ipv4().tcp().payload(8900), passes()));
    EXPECT_TRUE(behaves(rig(), Packet().eth().ipv6().udp({.dst = 53}).payload(8900), passes()));
}

// Where the first buffer ends is the driver's choice. Outer headers beyond it cannot be claimed;
// inner ones are not searched for, and that is said.
TEST_F(MultiBuffer, BorderAnywhere) {
    struct Row {
        const char* name;
        Packet in;
        Want want;
        std::uint32_t outer_headers, inner_headers;  // offsets of their ends
        bool outer6;
    };
    const Row rows[] = {
        {"IPv4 in IPv4", flow4(), sends(delivered4(), kFlows), 42, 92, false},
        {"IPv6 in IPv4", flow6(), sends(delivered6(), kFlows6), 42, 112, false},
        {"IPv4 in IPv6", mirrored({.from = kMirror6}).ipv4().udp().payload(48),
         sends(delivered4(), kFlows), 62, 112, true},
    };
    for (const Row& row : rows) {
        const Bytes frame = row.in.bytes();
        if (auto probe = rig().run(frame, 60); !probe && probe.error().code.value() == EINVAL)
            GTEST_SKIP() << "test-run of this kernel cannot place the border of the first buffer";
        for (std::uint32_t linear = 16; linear < frame.size(); linear += 2) {
            const bool admitted = linear >= row.outer_headers + 8;
            const Want want = linear < row.outer_headers ? passes()
                              : linear < row.inner_headers
                                  ? drops(XM_DROP_HEADERS_NOT_LINEAR, {admitted ? "core" : ""})
                                  : row.want;
            ASSERT_TRUE(behaves(rig(), row.in, want, linear))
                << row.name << ", " << linear << " bytes in the first buffer";
        }
    }
}

}  // namespace
}  // namespace xdpmirror::test
