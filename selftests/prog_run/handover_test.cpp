// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The tc program by test-run: what carries the secret goes where it says, everything else goes on.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <handover.skel.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <array>
#include <cstring>
#include <memory>

#include "maps/layout.h"
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

struct DestroySkeleton {
    void operator()(handover_bpf* skeleton) const { handover_bpf::destroy(skeleton); }
};

constexpr std::array<std::uint8_t, 6> kSecret = {0x02, 0x11, 0x22, 0x33, 0x44, 0x55};
constexpr std::uint32_t kLoopback = 1;

class Handover : public testing::Test {
  protected:
    void SetUp() override {
        skeleton_.reset(handover_bpf::open());
        ASSERT_TRUE(skeleton_);
        std::copy(kSecret.begin(), kSecret.end(), skeleton_->rodata_handover->xm_secret);
        std::copy(kNodeMac.bytes.begin(), kNodeMac.bytes.end(),
                  skeleton_->rodata_handover->xm_ingress_mac);
        ASSERT_EQ(handover_bpf::load(skeleton_.get()), 0);
    }

    struct Outcome {
        int verdict = 0;
        std::uint32_t mark = 0;
        Bytes frame;
    };

    Outcome run(const Bytes& frame) const {
        Outcome outcome;
        outcome.frame.resize(2048);
        __sk_buff context{};
        LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(),
                    .data_out = outcome.frame.data(),
                    .data_size_in = static_cast<__u32>(frame.size()),
                    .data_size_out = static_cast<__u32>(outcome.frame.size()),
                    .ctx_in = &context, .ctx_out = &context, .ctx_size_in = sizeof(context),
                    .ctx_size_out = sizeof(context));
        EXPECT_EQ(bpf_prog_test_run_opts(bpf_program__fd(skeleton_->progs.xdpmirror_tc), &options), 0);
        outcome.verdict = static_cast<int>(options.retval);
        outcome.mark = context.mark;
        outcome.frame.resize(options.data_size_out);
        return outcome;
    }

    std::unique_ptr<handover_bpf, DestroySkeleton> skeleton_;
};

// A delivered frame with a handover in the place of its addresses.
Bytes carrying(xm_handover_how how, std::uint32_t value) {
    Bytes frame = delivered4().bytes();
    const std::uint8_t rest[] = {0x02,
                                 static_cast<std::uint8_t>(how),
                                 static_cast<std::uint8_t>(value >> 24),
                                 static_cast<std::uint8_t>(value >> 16),
                                 static_cast<std::uint8_t>(value >> 8),
                                 static_cast<std::uint8_t>(value)};
    std::copy(kSecret.begin(), kSecret.end(), frame.begin());
    std::copy(std::begin(rest), std::end(rest), frame.begin() + ETH_ALEN);
    return frame;
}

TEST_F(Handover, RedirectsToADevice) {
    const Bytes frame = carrying(XM_HANDOVER_DEVICE, kLoopback);
    const auto outcome = run(frame);
    EXPECT_EQ(outcome.verdict, TC_ACT_REDIRECT);
    EXPECT_EQ(outcome.mark, XM_HANDOVER_MARK) << "so that its fate is known later on";
}

TEST_F(Handover, RedirectsToANeighbour) {
    EXPECT_EQ(run(carrying(XM_HANDOVER_NEIGHBOUR, kLoopback)).verdict, TC_ACT_REDIRECT);
}

TEST_F(Handover, GivesTheKernelItsMarkAndOurAddress) {
    const auto outcome = run(carrying(XM_HANDOVER_ROUTE, 0x89abcdef));
    EXPECT_EQ(outcome.verdict, TC_ACT_OK);
    EXPECT_EQ(outcome.mark, 0x89abcdefU);
    EXPECT_TRUE(std::equal(kNodeMac.bytes.begin(), kNodeMac.bytes.end(), outcome.frame.begin()));
}

TEST_F(Handover, EveryByteOfTheSecretCounts) {
    for (std::size_t i = 0; i < kSecret.size(); i++) {
        Bytes frame = carrying(XM_HANDOVER_DEVICE, kLoopback);
        frame[i] ^= 0x40;
        const auto outcome = run(frame);
        EXPECT_EQ(outcome.verdict, TC_ACT_UNSPEC) << i;
        EXPECT_EQ(outcome.frame, frame) << "untouched";
        EXPECT_EQ(outcome.mark, 0U);
    }
}

TEST_F(Handover, OrdinaryTrafficGoesOn) {
    EXPECT_EQ(run(delivered4().bytes()).verdict, TC_ACT_UNSPEC);
    EXPECT_EQ(run(Packet().eth().ipv6().udp().payload(9).bytes()).verdict, TC_ACT_UNSPEC);
}

}  // namespace
}  // namespace xdpmirror::test
