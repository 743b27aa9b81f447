// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every prefix of a good frame, cut on the wire and cut by the mirror: never a crash, and the
// reason follows from where the cut is. The kernel's test-run takes no frame below an Ethernet
// header.
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

constexpr std::size_t kEth = 14, kUdp = 8, kVxlan = 8;
constexpr std::size_t kSmallest = kEth;  // that test-run accepts

struct CutFrame {
    const char* name;
    bool outer6;
    bool inner6;
    Bytes inner_options;

    std::size_t outer_headers() const { return kEth + (outer6 ? 40 : 20) + kUdp; }
    std::size_t inner_ip() const { return inner6 ? 40 : 20 + inner_options.size(); }

    Packet packet(std::optional<std::size_t> packet_length = {}) const {
        const Packet outer =
            mirrored({.from = outer6 ? kMirror6 : kMirror, .packet_length = packet_length});
        const Packet ip = inner6 ? outer.ipv6() : outer.ipv4({.options = inner_options});
        return ip.udp().payload(48);
    }

    Want delivered_whole() const {
        const Packet ip =
            inner6
                ? delivered().ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
                : delivered().ipv4(
                      {.src = kExporter, .dst = kCollector, .ttl = 63, .options = inner_options});
        return sends(ip.udp({.src = kExporterPort, .dst = kCollectorPort}).payload(48),
                     inner6 ? kFlows6 : kFlows);
    }
};

class Cut : public testing::TestWithParam<CutFrame> {};

void PrintTo(const CutFrame& frame, std::ostream* out) {
    *out << frame.name;
}

// Lengths still tell of the whole frame: below the UDP header it could be anybody's, then it is
// ours and contradicts itself.
TEST_P(Cut, OnTheWire) {
    const CutFrame& frame = GetParam();
    const Rig& rig = rig_for(kPlain);
    const std::size_t whole = frame.packet().bytes().size();
    for (std::size_t size = kSmallest; size < whole; size++) {
        const Want want = size < frame.outer_headers() ? passes() : drops(XM_DROP_OUTER_LENGTH);
        ASSERT_TRUE(behaves(rig, frame.packet().cut(whole - size), want)) << size << " bytes";
    }
    EXPECT_TRUE(behaves(rig, frame.packet(), frame.delivered_whole()));
}

// Outer lengths tell of what is there, inner lengths of the original.
TEST_P(Cut, ByTheMirror) {
    const CutFrame& frame = GetParam();
    const Rig& rig = rig_for(kPlain);
    const std::size_t whole = kEth + frame.inner_ip() + kUdp + 48;
    const std::size_t fixed_header = kEth + (frame.inner6 ? 40 : 20);
    for (std::size_t size = 0; size < whole; size++) {
        const Want want = size < fixed_header ? drops(XM_DROP_INNER_MALFORMED, {"core"})
                                              : drops(XM_DROP_INNER_TRUNCATED, {"core"}).cut();
        ASSERT_TRUE(behaves(rig, frame.packet(size), want)) << size << " bytes";
    }
    EXPECT_TRUE(behaves(rig, frame.packet(whole), frame.delivered_whole()));
}

INSTANTIATE_TEST_SUITE_P(EveryPrefix, Cut,
                         testing::Values(CutFrame{"IPv4 in IPv4", false, false, {}},
                                         CutFrame{"IPv6 in IPv4", false, true, {}},
                                         CutFrame{"IPv4 in IPv6", true, false, {}},
                                         CutFrame{"IPv6 in IPv6", true, true, {}},
                                         CutFrame{"IPv4 options", false, false, Bytes(40, 1)}));

}  // namespace
}  // namespace xdpmirror::test
