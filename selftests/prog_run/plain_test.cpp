// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Packets without encapsulation: claimed by destination, sender and rule, and left alone otherwise,
// whatever is odd about them.
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Setup kGateway{R"yaml(
version: 1
sources:
  - {name: virtual, plain: {to: [10.0.2.20/32, 10.9.0.0/16, "2001:db8:9::/48"]},
     from: [192.168.0.0/16, "2001:db8:10::/48"]}
  - {name: exact, plain: {to: 10.9.1.1/32}, checksum: zero}
  - {name: core, vxlan: {vni: 4242}}
rules:
  - {name: tunnelled, match: {vni: 4242, port: 2055}, send: {to: fdi}}
  - {name: flows6, match: {from: "2001:db8::/32", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
  - {name: own, match: {port: 8081}, send: {to: fdi}}
  - {name: secure, match: {protocol: tcp, port: 443, to: 10.9.0.0/16}, send: {to: fdi, port: 8443}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml"};

constexpr IpAddress kVirtual = ip4(10, 9, 3, 4);
constexpr IpAddress kVirtual6 = ip6({0x2001, 0xdb8, 9, 0, 0, 0, 0, 4});
constexpr IpAddress kExact = ip4(10, 9, 1, 1);
const Accounts kVirtualFlows{"virtual", "flows", kFdi};

Packet plain4(Ipv4 ip = {}) {
    ip.src = ip.src.value_or(kExporter);
    ip.dst = ip.dst.value_or(kVirtual);
    return Packet().eth().ipv4(ip);
}
Packet plain6(Ipv6 ip = {}) {
    ip.src = ip.src.value_or(kExporter6);
    ip.dst = ip.dst.value_or(kVirtual6);
    return Packet().eth().ipv6(ip);
}
Udp flow_udp(std::uint16_t port = kFlowPort) {
    return {.src = kExporterPort, .dst = port};
}

std::vector<PacketCase> claimed() {
    const Packet out4 = delivered4(16), out6 = delivered6(16);
    return {
        {"a virtual address", &kGateway, plain4().udp(flow_udp()).payload(16),
         sends(out4, kVirtualFlows)},
        {"a virtual IPv6 address", &kGateway, plain6().udp(flow_udp()).payload(16),
         sends(out6, {"virtual", "flows6", kFdi6})},
        {"the node's own address", &kGateway,
         plain4({.dst = kNode}).udp(flow_udp()).payload(16), sends(out4, kVirtualFlows)},
        {"in a VLAN", &kGateway,
         Packet().eth().vlan().vlan().ipv4({.src = kExporter, .dst = kVirtual}).udp(flow_udp())
             .payload(16),
         sends(out4, kVirtualFlows)},
        {"padding is stripped", &kGateway, plain4().udp(flow_udp()).payload(16).trailing(20),
         sends(out4, kVirtualFlows)},
        {"the longest destination decides whose it is", &kGateway,
         plain4({.src = kStranger, .dst = kExact}).udp(flow_udp()).payload(16),
         sends(delivered()
                   .ipv4({.src = kStranger, .dst = kCollector, .ttl = 63})
                   .udp({.src = kExporterPort, .dst = kCollectorPort, .checksum = 0})
                   .payload(16),
               {"exact", "flows", kFdi})},
        {"TCP where a rule names it", &kGateway, plain4().tcp().payload(4),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                   .tcp({.dst = 8443})
                   .payload(4),
               {"virtual", "secure", kFdi})},
        {"options headers", &kGateway, plain6().ipv6_options().udp(flow_udp()).payload(16),
         sends(delivered()
                   .ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
                   .ipv6_options()
                   .udp({.src = kExporterPort, .dst = kCollectorPort})
                   .payload(16),
               {"virtual", "flows6", kFdi6})},
        {"TTL used up", &kGateway, plain4({.ttl = 1}).udp(flow_udp()).payload(16),
         drops(XM_DROP_TTL_EXPIRED, {"virtual", "flows"})},
        {"larger than the egress", &kGateway, plain4().udp(flow_udp()).payload(1473),
         drops(XM_DROP_EGRESS_OVERSIZE, {"virtual", "flows"})},
        {"VXLAN is taken apart as before", &kGateway, flow4(), sends(delivered4(), kFlows)},
        {"a rule with a VNI takes VXLAN", &kGateway,
         mirrored().ipv4().udp({.dst = 2055}).payload(16),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                   .udp({.src = kExporterPort, .dst = 2055})
                   .payload(16),
               {"core", "tunnelled", kFdi})},
    };
}

std::vector<PacketCase> left_alone() {
    return {
        {"a port of no rule", &kGateway, plain4({.dst = kNode}).tcp({.dst = 22}), passes()},
        {"a port that only a VNI's rule has", &kGateway, plain4().udp(flow_udp(2055)), passes()},
        {"another destination", &kGateway,
         plain4({.dst = kNeighbour}).udp(flow_udp()).payload(16), passes()},
        {"another sender", &kGateway, plain4({.src = kStranger}).udp(flow_udp()).payload(16),
         passes()},
        {"another IPv6 sender", &kGateway, plain6({.src = kStranger6}).udp(flow_udp()), passes()},
        {"a sender of no wire", &kGateway,
         plain4({.src = ip4(127, 0, 0, 1), .dst = kExact}).udp(flow_udp()), passes()},
        {"ARP", &kGateway, Packet().eth().arp(), passes()},
        {"ICMP", &kGateway, plain4().icmp().payload(56), passes()},
        {"truncated", &kGateway, plain4().udp(flow_udp()).payload(64).cut(1), passes()},
        {"malformed", &kGateway, plain4().udp({.dst = kFlowPort, .length = 7}).payload(16),
         passes()},
        {"an IPv4 header that lies", &kGateway, plain4({.ihl = 4}).udp(flow_udp()), passes()},
        {"a fragment without its first", &kGateway,
         plain4({.id = 77, .fragment_offset = 9, .protocol = 17}).payload(5), passes()},
        {"a fragment to the node without its first", &kGateway,
         plain4({.dst = kNode, .id = 78, .fragment_offset = 9, .protocol = 17}).payload(5),
         passes(XM_PASS_OUTER_FRAGMENT)},
        {"a tiny fragment", &kGateway, plain4({.mf = true, .protocol = 17}).payload(4), passes()},
        {"too many extension headers", &kGateway,
         plain6().ipv6_options().ipv6_options().ipv6_options().ipv6_options().ipv6_options()
             .ipv6_options().ipv6_options().udp(flow_udp()),
         passes()},
        {"three tags", &kGateway,
         Packet().eth().vlan().vlan().vlan().ipv4({.src = kExporter, .dst = kVirtual})
             .udp(flow_udp()),
         passes()},
    };
}

TEST(Plain, LaterFragmentsFollowTheirFirst) {
    const Rig& rig = rig_for(kGateway);
    const Packet later = plain4({.id = 9, .fragment_offset = 9, .protocol = 17}).payload(5);
    EXPECT_TRUE(behaves(rig, later, passes()));
    EXPECT_TRUE(behaves(
        rig, plain4({.id = 9, .mf = true}).udp(flow_udp()).payload(64),
        sends(delivered()
                  .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63, .id = 9, .mf = true})
                  .udp({.src = kExporterPort, .dst = kCollectorPort})
                  .payload(64),
              kVirtualFlows)
            .noting(XM_NOTE_FRAGMENT_FIRST)));
    EXPECT_TRUE(behaves(rig, later,
                        sends(delivered()
                                  .ipv4({.src = kExporter,
                                         .dst = kCollector,
                                         .ttl = 63,
                                         .id = 9,
                                         .fragment_offset = 9,
                                         .protocol = 17})
                                  .payload(5),
                              kVirtualFlows)
                            .noting(XM_NOTE_FRAGMENT_LATER)));
}

const Setup kChooser{R"yaml(
version: 1
sources:
  - {name: virtual, plain: {to: 100.76.10.11}}
rules:
  - {name: own, match: {port: 8081}, send: {to: fdi}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml"};

// A packet to where it goes anyway: the gateway only chooses the way.
TEST(Plain, DestinationMayStayAsItIs) {
    EXPECT_TRUE(behaves(rig_for(kChooser),
                        plain4({.dst = kCollector}).udp(flow_udp(8081)).payload(16),
                        sends(delivered4(16), {"virtual", "own", kFdi})));
    // no tunnel source, no tunnel port: not even port 0
    EXPECT_TRUE(behaves(rig_for(kChooser), flow4(), passes()));
    EXPECT_TRUE(behaves(rig_for(kChooser), mirrored({.port = 0}).ipv4().udp(), passes()));
}

INSTANTIATE_TEST_SUITE_P(PlainClaimed, PacketTest, testing::ValuesIn(claimed()), test_name);
INSTANTIATE_TEST_SUITE_P(PlainLeftAlone, PacketTest, testing::ValuesIn(left_alone()), test_name);

}  // namespace
}  // namespace xdpmirror::test
