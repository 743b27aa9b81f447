// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Packets of ours that cannot be served: each is dropped for exactly one reason, in the books of
// the source that it was admitted for and of the rule that it matched.
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Accounts kCore{"core"};  // admitted, no rule yet

Packet within(Ipv4 ip, Udp udp = {.checksum = 0}, Vxlan vxlan = {}) {
    return Packet().eth().ipv4(std::move(ip)).udp(udp).vxlan(vxlan).eth().ipv4().udp().payload(48);
}

std::vector<PacketCase> outer() {
    const Want want = drops(XM_DROP_OUTER_LENGTH);
    return {
        {"frame shorter than its IP length", &kPlain, flow4().cut(1), want},
        {"frame ends with the VXLAN header", &kPlain, flow4().cut(14 + 28 + 48), want},
        {"frame ends within the VXLAN header", &kPlain, flow4().cut(14 + 28 + 48 + 1), want},
        {"IP length larger than the frame", &kPlain, within({.total_length = 1400}), want},
        {"IP length smaller than UDP's", &kPlain, within({.total_length = 40}), want},
        {"IP length of 0", &kPlain, within({.total_length = 0}), want},
        {"UDP length beyond the IP packet", &kPlain, within({}, {.length = 900, .checksum = 0}),
         want},
        {"UDP length of 0", &kPlain, within({}, {.length = 0, .checksum = 0}), want},
        {"UDP length without a VXLAN header", &kPlain, within({}, {.length = 15, .checksum = 0}),
         want},
        {"UDP to the VXLAN port without payload", &kPlain,
         Packet().eth().ipv4().udp({.dst = kVxlanPort}), want},
        {"IPv6 payload length of 0", &kPlain,
         Packet().eth().ipv6({.payload_length = 0}).udp({.checksum = 0}).vxlan().eth().ipv4().udp(),
         want},
        {"IPv6 frame shorter than its length", &kPlain,
         mirrored({.from = kMirror6}).ipv4().udp().payload(48).cut(1), want},
        {"no I bit", &kPlain, within({}, {.checksum = 0}, {.flags = 0}),
         drops(XM_DROP_VXLAN_NO_VNI)},
        {"VXLAN-GPE with IPv4 in it", &kPlain,
         within({}, {.checksum = 0}, {.flags = 0x0c, .reserved1 = 1}), drops(XM_DROP_VXLAN_GPE)},
        {"VXLAN-GPE with an unknown protocol in it", &kPlain,
         within({}, {.checksum = 0}, {.flags = 0xff, .reserved1 = 0xabcdef}),
         drops(XM_DROP_VXLAN_GPE)},
        {"every bit but the I bit", &kPlain,
         within({}, {.checksum = 0}, {.flags = 0xf7, .reserved1 = 0xffffff, .reserved2 = 0xff}),
         drops(XM_DROP_VXLAN_NO_VNI)},
    };
}

std::vector<PacketCase> inner() {
    const Want malformed = drops(XM_DROP_INNER_MALFORMED, kCore);
    const Want not_ip = drops(XM_DROP_INNER_NOT_IP, kCore);
    const Want not_udp = drops(XM_DROP_INNER_NOT_UDP, kCore);
    const auto v4 = [](Ipv4 ip) { return mirrored().ipv4(std::move(ip)).udp().payload(16); };
    const auto v6 = [](Ipv6 ip) { return mirrored().ipv6(ip).udp().payload(16); };
    const auto udp = [](std::uint16_t length) {
        return mirrored().ipv4().udp({.length = length}).payload(16);
    };
    return {
        {"nothing inside", &kPlain, Packet().eth().ipv4().udp({.checksum = 0}).vxlan(), malformed},
        {"inner Ethernet header cut", &kPlain, mirrored({.packet_length = 13}).ipv4(), malformed},
        {"inner Ethernet header alone", &kPlain,
         Packet().eth().ipv4().udp({.checksum = 0}).vxlan().eth({.type = 0x0800}), malformed},
        {"inner IPv4 header cut", &kPlain,
         mirrored({.packet_length = 14 + 19}).ipv4().udp().payload(16), malformed},
        {"inner IPv6 header cut", &kPlain,
         mirrored({.packet_length = 14 + 39}).ipv6().udp().payload(16), malformed},
        {"inner IPv4 of another version", &kPlain, v4({.version = 6}), malformed},
        {"inner IPv6 of another version", &kPlain, v6({.version = 4}), malformed},
        {"inner header length below the header", &kPlain, v4({.ihl = 4}), malformed},
        {"inner header length beyond its packet", &kPlain, v4({.ihl = 15}), malformed},
        {"inner IP length below its header", &kPlain, v4({.total_length = 19}), malformed},
        {"inner IP length of 0", &kPlain, v4({.total_length = 0}), malformed},
        {"inner IP packet without room for UDP", &kPlain, v4({.total_length = 27}), malformed},
        {"inner IPv6 packet without room for UDP", &kPlain, v6({.payload_length = 7}), malformed},
        {"inner IPv6 length of 0", &kPlain, v6({.payload_length = 0}), malformed},
        {"inner UDP length below its header", &kPlain, udp(7), malformed},
        {"inner UDP length of 0", &kPlain, udp(0), malformed},
        {"inner UDP length beyond its packet", &kPlain, udp(25), malformed},
        {"inner UDP length of 0 over IPv6", &kPlain,
         mirrored().ipv6().udp({.length = 0}).payload(16), malformed},
        {"inner ARP", &kPlain, mirrored().arp(), not_ip},
        {"inner ARP in a VLAN", &kPlain, mirrored().vlan().arp(), not_ip},
        {"three inner VLAN tags", &kPlain,
         mirrored().vlan().vlan().vlan().ipv4().udp().payload(16), not_ip},
        {"inner VLAN tag cut", &kPlain, mirrored({.packet_length = 17}).vlan().ipv4(), malformed},
        {"second inner VLAN tag cut", &kPlain,
         mirrored({.packet_length = 21}).vlan({.tpid = 0x88a8}).vlan().ipv4(), malformed},
        {"inner IPv4 header behind a VLAN tag cut", &kPlain,
         mirrored({.packet_length = 18 + 19}).vlan().ipv4().udp(), malformed},
        {"inner unknown ethertype", &kPlain, mirrored().payload(64), not_ip},
        {"inner TCP", &kPlain, mirrored().ipv4().tcp(), not_udp},
        {"inner TCP over IPv6", &kPlain, mirrored().ipv6().tcp(), not_udp},
        {"inner echo request", &kPlain, mirrored().ipv4().icmp().payload(56), not_udp},
        {"inner echo request over IPv6", &kPlain, mirrored().ipv6().icmp().payload(56), not_udp},
        {"inner ESP", &kPlain, v4({.protocol = 50}), not_udp},
        {"inner ESP over IPv6", &kPlain, v6({.next_header = 50}), not_udp},
        {"inner IPv6 without next header", &kPlain, v6({.next_header = 59}), not_udp},
    };
}

std::vector<PacketCase> truncated() {
    const Want want = drops(XM_DROP_INNER_TRUNCATED, kCore).cut();
    return {
        {"one byte is missing", &kPlain,
         mirrored({.packet_length = 14 + 28 + 47}).ipv4().udp().payload(48), want},
        {"everything behind the IP header is missing", &kPlain,
         mirrored({.packet_length = 14 + 20}).ipv4().udp().payload(48), want},
        {"one byte of IPv6 is missing", &kPlain,
         mirrored({.packet_length = 14 + 48 + 47}).ipv6().udp().payload(48), want},
        {"padding of the outer frame does not make up for it", &kPlain,
         mirrored({.packet_length = 14 + 28 + 47}).ipv4().udp().payload(48).trailing(8), want},
        {"padding of the outer frame does not make up for IPv6", &kPlain,
         mirrored({.packet_length = 14 + 48 + 47}).ipv6().udp().payload(48).trailing(8), want},
        {"inner IP length larger than the packet", &kPlain,
         mirrored().ipv4({.total_length = 65535}).udp().payload(48), want},
        {"inner IPv6 length larger than the packet", &kPlain,
         mirrored().ipv6({.payload_length = 65535}).udp().payload(48), want},
    };
}

std::vector<PacketCase> unservable() {
    const Accounts flows{"core", "flows"};
    const Accounts flows6{"core", "flows6"};
    const IpAddress local6 = ip6({0xfd00, 0, 0, 0, 0, 0, 0, 7});  // in no IPv6 rule's prefix
    return {
        {"port of no rule", &kPlain, mirrored().ipv4().udp({.dst = 31757}).payload(48),
         drops(XM_DROP_NO_RULE, kCore)},
        {"IPv6 port of no rule", &kPlain, mirrored().ipv6().udp({.dst = 31755}).payload(48),
         drops(XM_DROP_NO_RULE, kCore)},
        {"IPv6 packet for an IPv4 collector", &kPlain,
         mirrored().ipv6({.src = local6}).udp().payload(48), drops(XM_DROP_FAMILY_MISMATCH, flows)},
        {"TTL of 1", &kPlain, mirrored().ipv4({.ttl = 1}).udp().payload(48),
         drops(XM_DROP_TTL_EXPIRED, flows)},
        {"TTL of 0", &kPlain, mirrored().ipv4({.ttl = 0}).udp().payload(48),
         drops(XM_DROP_TTL_EXPIRED, flows)},
        {"hop limit of 1", &kPlain, mirrored().ipv6({.hop_limit = 1}).udp().payload(48),
         drops(XM_DROP_TTL_EXPIRED, flows6)},
        {"hop limit of 0", &kPlain, mirrored().ipv6({.hop_limit = 0}).udp().payload(48),
         drops(XM_DROP_TTL_EXPIRED, flows6)},
        {"one byte above the egress MTU", &kPlain, flow4(1500 - 28 + 1),
         drops(XM_DROP_EGRESS_OVERSIZE, flows)},
        {"one byte above the egress MTU with IPv6", &kPlain, flow6(1500 - 48 + 1),
         drops(XM_DROP_EGRESS_OVERSIZE, flows6)},
    };
}

INSTANTIATE_TEST_SUITE_P(Outer, PacketTest, testing::ValuesIn(outer()), test_name);
INSTANTIATE_TEST_SUITE_P(Inner, PacketTest, testing::ValuesIn(inner()), test_name);
INSTANTIATE_TEST_SUITE_P(Truncated, PacketTest, testing::ValuesIn(truncated()), test_name);
INSTANTIATE_TEST_SUITE_P(Unservable, PacketTest, testing::ValuesIn(unservable()), test_name);

}  // namespace
}  // namespace xdpmirror::test
