// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Promise 1: what no source claims goes to the kernel byte for byte, and is counted as a pass only.
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Setup kOtherPort{R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242, port: 8472}}
rules:
  - {name: flows, match: {protocol: udp, port: 31756}, send: {to: fdi, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml"};

// An own address whose last two bytes are the VXLAN port.
constexpr IpAddress kPortLike = ip4(10, 0, kVxlanPort >> 8, kVxlanPort & 0xff);
const Setup kPortLikeAddress{kPlainProfile, {.local = {kPortLike}}};

Packet inside(Packet vxlan) {
    return vxlan.eth().ipv4().udp().payload(48);
}

std::vector<PacketCase> other_traffic() {
    const Packet to_node = Packet().eth().ipv4();
    const Packet to_node6 = Packet().eth().ipv6();
    return {
        {"TCP to the node", &kPlain, to_node.tcp({.dst = 22}), passes()},
        {"TCP to the VXLAN port", &kPlain, to_node.tcp({.dst = kVxlanPort}).payload(64), passes()},
        {"TCP over IPv6", &kPlain, to_node6.tcp({.dst = 22}), passes()},
        {"echo request", &kPlain, to_node.icmp().payload(56), passes()},
        {"echo request over IPv6", &kPlain, to_node6.icmp().payload(56), passes()},
        {"ARP request", &kPlain, Packet().eth().arp(), passes()},
        {"UDP to another port", &kPlain, to_node.udp({.dst = 53}).payload(64), passes()},
        {"UDP over IPv6 to another port", &kPlain, to_node6.udp({.dst = 53}).payload(64), passes()},
        {"UDP from the VXLAN port", &kPlain, to_node.udp({.src = kVxlanPort, .dst = 68}), passes()},
        {"a flow packet outside VXLAN", &kPlain, to_node.udp({.dst = kFlowPort}).payload(48),
         passes()},
        {"unknown ethertype", &kPlain, Packet().eth({.type = 0x88cc}).payload(50), passes()},
        {"frame with trailing bytes", &kPlain, to_node.udp({.dst = 53}).trailing(18), passes()},
    };
}

// To the node's IPv6 address but for one of its 32-bit words.
Packet to_word(std::size_t word) {
    IpAddress to = kNode6;
    to.bytes[4 * word + 1] ^= 1;
    return mirrored({.to = to}).ipv4().udp().payload(48);
}

std::vector<PacketCase> vxlan_of_others() {
    return {
        {"VXLAN to another address", &kPlain, mirrored({.to = kNeighbour}).ipv4().udp().payload(48),
         passes()},
        {"VXLAN to another IPv6 address", &kPlain,
         mirrored({.to = kNeighbour6}).ipv4().udp().payload(48), passes()},
        {"VXLAN to an address that differs in the first word", &kPlain, to_word(0), passes()},
        {"VXLAN to an address that differs in the second word", &kPlain, to_word(1), passes()},
        {"VXLAN to an address that differs in the third word", &kPlain, to_word(2), passes()},
        {"VXLAN to an address that differs in the last word", &kPlain, to_word(3), passes()},
        {"VXLAN to the broadcast address", &kPlain,
         mirrored({.to = ip4(255, 255, 255, 255)}).ipv4().udp().payload(48), passes()},
        {"VXLAN in three VLANs", &kPlain,
         inside(Packet().eth().vlan().vlan().vlan().ipv4().udp({.checksum = 0}).vxlan()),
         passes()},
        {"a VLAN tag cut", &kPlain, Packet().eth().vlan().cut(2), passes()},
        {"a second VLAN tag cut", &kPlain, Packet().eth().vlan().vlan().cut(1), passes()},
        {"ARP in a VLAN", &kPlain, Packet().eth().vlan().arp(), passes()},
        {"VXLAN behind seven options headers", &kPlain,
         inside(Packet()
                    .eth()
                    .ipv6()
                    .ipv6_options()
                    .ipv6_options()
                    .ipv6_options()
                    .ipv6_options()
                    .ipv6_options()
                    .ipv6_options()
                    .ipv6_options()
                    .udp({.checksum = 0})
                    .vxlan()),
         passes()},
        {"VXLAN behind a routing header", &kPlain,
         inside(Packet()
                    .eth()
                    .ipv6({.next_header = 43})
                    .ipv6_options()
                    .udp({.checksum = 0})
                    .vxlan()),
         passes()},
        {"TCP behind options headers", &kPlain, Packet().eth().ipv6().ipv6_options().tcp(),
         passes()},
        {"options header beyond the frame", &kPlain,
         Packet().eth().ipv6({.next_header = 60}).payload(Bytes{17, 200, 1, 4, 0, 0, 0, 0, 0}),
         passes()},
        {"options header cut", &kPlain, Packet().eth().ipv6().ipv6_options().cut(1), passes()},
        {"VXLAN on the usual port when another is configured", &kOtherPort, flow4(), passes()},
        {"VXLAN on the configured port", &kOtherPort,
         mirrored({.port = 8472}).ipv4().udp().payload(48), sends(delivered4(), kFlows)},
    };
}

std::vector<PacketCase> broken_frames() {
    const Bytes frame = flow4().bytes();
    const auto first = [&](std::size_t size) { return flow4().cut(frame.size() - size); };
    return {
        {"Ethernet header alone", &kPlain, first(14), passes()},
        {"IPv4 header cut", &kPlain, first(14 + 19), passes()},
        {"no UDP header", &kPlain, first(14 + 20), passes()},
        {"UDP header cut", &kPlain, first(14 + 20 + 7), passes()},
        {"IPv6 header cut", &kPlain, Packet().eth().ipv6().cut(1), passes()},
        {"IPv4 with another version inside", &kPlain,
         inside(Packet().eth().ipv4({.version = 5}).udp({.checksum = 0}).vxlan()), passes()},
        {"IPv6 with another version inside", &kPlain,
         inside(Packet().eth().ipv6({.version = 4}).udp({.checksum = 0}).vxlan()), passes()},
        {"IPv4 header length below the header", &kPlain,
         inside(Packet().eth().ipv4({.ihl = 4}).udp({.checksum = 0}).vxlan()), passes()},
        {"IPv4 header length that would read the address as a port", &kPortLikeAddress,
         inside(Packet().eth().ipv4({.dst = kPortLike, .ihl = 4}).udp({.checksum = 0}).vxlan()),
         passes()},
        {"IPv4 header length beyond the frame", &kPlain,
         Packet().eth().ipv4({.ihl = 15}).udp({.dst = kVxlanPort}).payload(20), passes()},
    };
}

std::vector<PacketCase> outer_fragments() {
    const Bytes vxlan = flow4().bytes();
    const Bytes segment(vxlan.begin() + 34, vxlan.end());  // from the outer UDP header on
    const Packet eth = Packet().eth();
    return {
        {"first fragment of VXLAN", &kPlain,
         inside(eth.ipv4({.mf = true}).udp({.checksum = 0}).vxlan()),
         drops(XM_DROP_OUTER_FRAGMENT)},
        {"first fragment of VXLAN in a VLAN", &kPlain,
         inside(eth.vlan().ipv4({.mf = true}).udp({.checksum = 0}).vxlan()),
         drops(XM_DROP_OUTER_FRAGMENT)},
        {"first fragment of other UDP", &kPlain, eth.ipv4({.mf = true}).udp().payload(64),
         passes(XM_PASS_OUTER_FRAGMENT)},
        {"first fragment without a UDP header", &kPlain,
         eth.ipv4({.mf = true, .protocol = 17}).payload(Bytes(7)), passes(XM_PASS_OUTER_FRAGMENT)},
        {"first fragment of VXLAN for another address", &kPlain,
         inside(eth.ipv4({.dst = kNeighbour, .mf = true}).udp({.checksum = 0}).vxlan()), passes()},
        {"first fragment of other UDP over IPv6", &kPlain,
         eth.ipv6().ipv6_fragment({.more = true}).udp().payload(64),
         passes(XM_PASS_OUTER_FRAGMENT)},
        {"later fragment of VXLAN over IPv6", &kPlain,
         eth.ipv6().ipv6_fragment({.offset = 20, .next_header = 17}).payload(segment),
         passes(XM_PASS_OUTER_FRAGMENT)},
        {"fragment header cut", &kPlain, eth.ipv6().ipv6_fragment({.more = true}).cut(1),
         passes()},
        {"middle fragment of UDP", &kPlain,
         eth.ipv4({.mf = true, .fragment_offset = 8, .protocol = 17}).payload(segment),
         passes(XM_PASS_OUTER_FRAGMENT)},
        {"last fragment of UDP", &kPlain,
         eth.ipv4({.fragment_offset = 185, .protocol = 17}).payload(segment),
         passes(XM_PASS_OUTER_FRAGMENT)},
        {"fragment of UDP over IPv6", &kPlain,
         inside(eth.ipv6().ipv6_fragment({.more = true}).udp({.checksum = 0}).vxlan()),
         drops(XM_DROP_OUTER_FRAGMENT)},
        {"fragment of TCP", &kPlain, eth.ipv4({.mf = true}).tcp().payload(64), passes()},
        {"fragment of TCP over IPv6", &kPlain, eth.ipv6().ipv6_fragment({.more = true}).tcp(),
         passes()},
        {"fragment for another address", &kPlain,
         eth.ipv4({.dst = kNeighbour, .mf = true}).udp().payload(64), passes()},
        {"fragment for another IPv6 address", &kPlain,
         eth.ipv6({.dst = kNeighbour6}).ipv6_fragment({.more = true}).udp(), passes()},
    };
}

INSTANTIATE_TEST_SUITE_P(OtherTraffic, PacketTest, testing::ValuesIn(other_traffic()), test_name);
INSTANTIATE_TEST_SUITE_P(VxlanOfOthers, PacketTest, testing::ValuesIn(vxlan_of_others()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(BrokenFrames, PacketTest, testing::ValuesIn(broken_frames()), test_name);
INSTANTIATE_TEST_SUITE_P(OuterFragments, PacketTest, testing::ValuesIn(outer_fragments()),
                         test_name);

}  // namespace
}  // namespace xdpmirror::test
