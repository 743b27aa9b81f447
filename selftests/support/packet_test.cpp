// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The builder's own promises beyond the bytes that packet_scapy.py compares: overrides, cuts,
// spans, and a diff that names the layer with the wrong byte.
#include "selftests/support/packet.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "selftests/support/packet_diff.h"

namespace xdpmirror::test {
namespace {

constexpr std::size_t kEth = 14, kIpv4 = 20, kUdp = 8, kVxlan = 8;

std::uint16_t at16(const Bytes& bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes.at(at) << 8 | bytes.at(at + 1));
}

TEST(Packet, IsAValueThatLaterLayersDoNotChange) {
    const Packet base = Packet().eth().ipv4();
    const Bytes before = base.bytes();
    EXPECT_NE(base.udp().payload(4).bytes(), before);
    EXPECT_EQ(base.bytes(), before);
}

TEST(Packet, ComputedUdpChecksumOfZeroIsSentAsAllOnes) {
    const Bytes bytes =
        Packet().eth().ipv4().udp({.src = 0, .dst = 0}).payload(Bytes{0xe8, 0xbc}).bytes();
    EXPECT_EQ(at16(bytes, kEth + kIpv4 + 6), 0xffff);
}

TEST(Packet, WrittenFieldsAreNotCorrected) {
    const Bytes bytes = Packet()
                            .eth()
                            .ipv4({.total_length = 21, .checksum = 0x1234})
                            .udp({.length = 3, .checksum = 0x4321})
                            .payload(40)
                            .bytes();
    EXPECT_EQ(at16(bytes, kEth + 2), 21);
    EXPECT_EQ(at16(bytes, kEth + 10), 0x1234);
    EXPECT_EQ(at16(bytes, kEth + kIpv4 + 4), 3);
    EXPECT_EQ(at16(bytes, kEth + kIpv4 + 6), 0x4321);
}

TEST(Packet, CutAndTrailingLeaveLengthsAlone) {
    const Packet whole = Packet().eth().ipv4().udp().payload(40);
    const Bytes bytes = whole.bytes();
    const Bytes cut = whole.cut(30).bytes();
    ASSERT_EQ(cut.size(), bytes.size() - 30);
    EXPECT_TRUE(std::equal(cut.begin(), cut.end(), bytes.begin()));
    const Bytes longer = whole.trailing(9).bytes();
    ASSERT_EQ(longer.size(), bytes.size() + 9);
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), longer.begin()));
    EXPECT_TRUE(whole.cut(1000).bytes().empty());
}

TEST(Packet, MirrorTruncationShortensOuterLengthsOnly) {
    const Bytes bytes = mirrored({.packet_length = 60}).ipv4().udp().payload(200).bytes();
    EXPECT_EQ(bytes.size(), kEth + kIpv4 + kUdp + kVxlan + 60);
    EXPECT_EQ(at16(bytes, kEth + 2), kIpv4 + kUdp + kVxlan + 60);
    const std::size_t inner_ip = kEth + kIpv4 + kUdp + kVxlan + kEth;
    EXPECT_EQ(at16(bytes, inner_ip + 2), kIpv4 + kUdp + 200);
}

TEST(Packet, InnerPaddingCountsInOuterLengthsOnly) {
    const Bytes bytes = mirrored({.padding = 18}).ipv4().udp().payload(1).bytes();
    EXPECT_EQ(at16(bytes, kEth + 2), bytes.size() - kEth);
    const std::size_t inner_ip = kEth + kIpv4 + kUdp + kVxlan + kEth;
    EXPECT_EQ(at16(bytes, inner_ip + 2), kIpv4 + kUdp + 1);
    EXPECT_EQ(bytes.back(), 0xee);
}

TEST(Packet, SpansCoverTheFrameAndNameEachLayer) {
    const Packet packet = mirrored({.padding = 3}).ipv4().udp().payload(5);
    std::vector<std::string> names;
    std::size_t next = 0;
    for (const LayerSpan& span : packet.spans()) {
        EXPECT_EQ(span.offset, next);
        next = span.offset + span.length;
        names.push_back(span.name);
    }
    EXPECT_EQ(next, packet.bytes().size());
    const std::vector<std::string> want = {"outer ethernet", "outer ipv4",     "outer udp",
                                           "vxlan",          "inner ethernet", "inner ipv4",
                                           "inner udp",      "inner payload",  "behind the packet"};
    EXPECT_EQ(names, want);
}

TEST(Packet, SpansOfACutFrameEndWithIt) {
    const Packet packet = mirrored().ipv4().udp().payload(5).cut(20);
    const LayerSpan last = packet.spans().back();
    EXPECT_EQ(last.name, "inner ipv4");
    EXPECT_EQ(last.offset + last.length, packet.bytes().size());
}

TEST(PacketDiff, IsEmptyForEqualFrames) {
    const Packet packet = Packet().eth().ipv4().udp();
    EXPECT_EQ(packet_diff(packet, packet.bytes()), "");
}

TEST(PacketDiff, ShowsOnlyTheLayerThatDiffers) {
    const Packet want = Packet().eth().ipv4().udp({.checksum = 0}).payload(4);
    Bytes got = want.bytes();
    got[kEth + 8] = 63;  // TTL
    const std::string text = packet_diff(want, got);
    EXPECT_NE(text.find("ethernet: same"), std::string::npos) << text;
    EXPECT_NE(text.find("udp: same"), std::string::npos) << text;
    EXPECT_NE(text.find("ipv4:\n     14  want 45 00"), std::string::npos) << text;
    EXPECT_NE(text.find(" got  45 00"), std::string::npos) << text;
    EXPECT_NE(text.find("^^"), std::string::npos) << text;
}

TEST(PacketDiff, ShowsMissingAndExtraBytes) {
    const Packet want = Packet().eth().ipv4().udp().payload(4);
    EXPECT_NE(packet_diff(want, want.cut(2).bytes()).find("--"), std::string::npos);
    const std::string longer = packet_diff(want, want.trailing(2).bytes());
    EXPECT_NE(longer.find("beyond:"), std::string::npos) << longer;
    EXPECT_NE(longer.find("ee ee"), std::string::npos) << longer;
}

}  // namespace
}  // namespace xdpmirror::test
