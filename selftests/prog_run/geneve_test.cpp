// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Mirrors that a gateway load balancer delivers: VXLAN inside Geneve, options of any length; and what
// else comes in Geneve.
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

constexpr const char* kRest = R"yaml(
rules:
  - {name: flows6, match: {from: "2001:db8::/32", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {from: 0.0.0.0/0, port: 31756}, send: {to: fdi, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";

const std::string kGeneveProfile = std::string(R"yaml(
version: 1
sources:
  - {name: core, geneve: {vni: 4242}, from: [10.0.4.0/24, "2001:db8:4::/64"]}
  - {name: passing, geneve: {vni: 5, other: pass}, from: [10.0.5.0/24]}
  - {name: any, geneve: {}, from: [10.0.4.0/22]}
)yaml") + kRest;
const std::string kBothProfile = std::string(R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242, port: 8472}, from: [10.0.1.0/24]}
  - {name: balanced, geneve: {vni: 4242, port: 7000}, from: [10.0.4.0/24]}
)yaml") + kRest;

const Setup kGeneve{kGeneveProfile.c_str()};
const Setup kBoth{kBothProfile.c_str()};

constexpr IpAddress kBalancer6 = ip6({0x2001, 0xdb8, 4, 0, 0, 0, 0, 7});
const Accounts kAny{"any", "flows", kFdi};
const Bytes kAwsOptions{0x01, 0x08, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 0x01, 0x08, 2, 2,
                        9,    8,    7, 6, 5, 4, 3, 2, 1, 8, 3, 1, 1,    1,    1, 1};

// From outside to the end of the Geneve header.
Packet wrapped(Geneve geneve = {.options = kAwsOptions}, IpAddress from = kBalancer,
               std::uint16_t port = kGenevePort) {
    const Udp udp{.dst = port, .checksum = 0};
    return from.family == Family::ipv4
               ? Packet().eth().ipv4({.src = from}).udp(udp).geneve(std::move(geneve))
               : Packet().eth().ipv6({.src = from}).udp(udp).geneve(std::move(geneve));
}

Packet flow_in(const Packet& outside, std::uint32_t vni = kVni, std::uint16_t port = kVxlanPort) {
    return outside.ipv4({.dst = kNeighbour})
        .udp({.dst = port, .checksum = 0})
        .vxlan({.vni = vni})
        .eth()
        .ipv4()
        .udp()
        .payload(48);
}

std::vector<PacketCase> mirrors() {
    const Want want = sends(delivered4(), kFlows);
    return {
        {"with the options that AWS sends", &kGeneve, flow_in(wrapped()), want},
        {"without options", &kGeneve, flow_in(wrapped({})), want},
        {"with the longest options", &kGeneve, flow_in(wrapped({.options = Bytes(252, 0)})), want},
        {"critical options and a VNI of its own", &kGeneve,
         flow_in(wrapped({.options = kAwsOptions, .flags = 0x40, .vni = 99})), want},
        {"over IPv6", &kGeneve, flow_in(wrapped({}, kBalancer6)), want},
        {"IPv6 inside Geneve", &kGeneve,
         wrapped().ipv6().udp({.checksum = 0}).vxlan().eth().ipv6().udp().payload(48),
         sends(delivered6(), kFlows6)},
        {"IPv6 with options inside Geneve", &kGeneve,
         wrapped()
             .ipv6()
             .ipv6_options()
             .ipv6_options({.extra_words = 2})
             .udp({.checksum = 0})
             .vxlan()
             .eth()
             .ipv6()
             .udp()
             .payload(48),
         sends(delivered6(), kFlows6)},
        {"IPv4 options inside Geneve", &kGeneve,
         wrapped()
             .ipv4({.options = Bytes(40, 1)})
             .udp({.checksum = 0})
             .vxlan()
             .eth()
             .ipv4()
             .udp()
             .payload(48),
         want},
        {"in a VLAN", &kGeneve,
         flow_in(Packet().eth().vlan().ipv4({.src = kBalancer}).udp({.checksum = 0}).geneve()),
         want},
        {"padding behind the VXLAN packet is no part of it", &kGeneve,
         wrapped().ipv4().udp({.length = 8 + 8 + 14 + 28 + 47, .checksum = 0}).vxlan().eth().ipv4()
             .udp().payload(48),
         drops(XM_DROP_INNER_TRUNCATED, {"core"}).cut()},
        {"a VNI that no source names", &kGeneve, flow_in(wrapped({}), 77), sends(delivered4(), kAny)},
        {"a VNI that no source names, from elsewhere", &kGeneve,
         flow_in(wrapped({}, kMirror), 77), drops(XM_DROP_SENDER_NOT_ALLOWED)},
        {"a VNI that another source names", &kGeneve, flow_in(wrapped({}, ip4(10, 0, 6, 1))),
         drops(XM_DROP_SENDER_NOT_ALLOWED)},
        {"the outer sender counts, not the one inside", &kGeneve,
         flow_in(wrapped({}, kMirror)), drops(XM_DROP_SENDER_NOT_ALLOWED)},
        {"reserved bits", &kGeneve,
         wrapped().ipv4().udp({.checksum = 0}).vxlan({.flags = 0x09}).eth().ipv4().udp().payload(48),
         want.noting(XM_NOTE_VXLAN_RESERVED)},
        {"no I bit", &kGeneve,
         wrapped().ipv4().udp({.checksum = 0}).vxlan({.flags = 0}).eth().ipv4().udp(),
         drops(XM_DROP_VXLAN_NO_VNI)},
        {"other ports", &kBoth, flow_in(wrapped({}, kBalancer, 7000), kVni, 8472),
         sends(delivered4(), {"balanced", "flows", kFdi})},
        {"VXLAN beside it", &kBoth, mirrored({.port = 8472}).ipv4().udp().payload(48), want},
        {"VXLAN from the balancer", &kBoth,
         mirrored({.from = kBalancer, .port = 8472}).ipv4().udp().payload(48),
         drops(XM_DROP_SENDER_NOT_ALLOWED)},
        {"Geneve inside", &kGeneve,
         wrapped().ipv4().udp({.checksum = 0}).vxlan().eth().ipv4().udp({.dst = kGenevePort})
             .payload(64),
         drops(XM_DROP_NESTED_TUNNEL, {"core"})},
        {"VXLAN without Geneve is not ours", &kGeneve, flow4(), passes()},
    };
}

std::vector<PacketCase> others() {
    const Want drop = drops(XM_DROP_GENEVE_NOT_MIRROR, {"core"});
    const Want pass = passes(XM_PASS_GENEVE_NOT_MIRROR);
    const Packet passing = wrapped({}, ip4(10, 0, 5, 1));
    const auto vxlan = [](Packet outside) { return outside.vxlan().eth().ipv4().udp().payload(48); };
    return {
        {"TCP", &kGeneve, wrapped().ipv4().tcp(), drop},
        {"TCP over IPv6", &kGeneve, wrapped().ipv6().tcp(), drop},
        {"UDP to another port", &kGeneve, wrapped().ipv4().udp().payload(64), drop},
        {"UDP to another port, to be passed", &kGeneve, passing.ipv4().udp().payload(64), pass},
        {"TCP, to be passed", &kGeneve, passing.ipv6().tcp(), pass},
        {"a stranger's", &kGeneve, wrapped({}, kStranger).ipv4().tcp(),
         drops(XM_DROP_SENDER_NOT_ALLOWED)},
        {"control packet", &kGeneve, flow_in(wrapped({.flags = 0x80})), drop},
        {"Ethernet inside", &kGeneve, flow_in(wrapped({.type = 0x6558}).eth()), drop},
        {"nothing inside", &kGeneve, wrapped({.type = 0x0800}), drop},
        {"IPv4 header cut", &kGeneve, wrapped({.type = 0x0800}).payload(Bytes(19, 0x45)), drop},
        {"IPv6 header cut", &kGeneve, wrapped({.type = 0x86dd}).payload(Bytes(39, 0x60)), drop},
        {"a fragment", &kGeneve, vxlan(wrapped().ipv4({.mf = true}).udp({.checksum = 0})), drop},
        {"an IPv6 fragment", &kGeneve,
         vxlan(wrapped().ipv6().ipv6_fragment({.more = true}).udp({.checksum = 0})), drop},
        {"another IP version", &kGeneve, vxlan(wrapped().ipv4({.version = 6}).udp({.checksum = 0})),
         drop},
        {"another IPv6 version", &kGeneve,
         vxlan(wrapped().ipv6({.version = 4}).udp({.checksum = 0})), drop},
        {"header length below the header", &kGeneve,
         vxlan(wrapped().ipv4({.ihl = 4}).udp({.checksum = 0})), drop},
        {"IP length beyond Geneve", &kGeneve,
         vxlan(wrapped().ipv4({.total_length = 1400}).udp({.checksum = 0})), drop},
        {"UDP length beyond IP", &kGeneve,
         vxlan(wrapped().ipv4().udp({.length = 1300, .checksum = 0})), drop},
        {"no room for VXLAN", &kGeneve, vxlan(wrapped().ipv4().udp({.length = 15, .checksum = 0})),
         drop},
        {"UDP header cut", &kGeneve,
         wrapped().ipv4({.total_length = 27, .protocol = 17}).payload(Bytes(7)), drop},
        {"options header cut", &kGeneve,
         wrapped().ipv6({.next_header = 60}).payload(Bytes{17, 0, 1, 4}), drop},
        {"another version", &kGeneve, flow_in(wrapped({.version = 1})),
         drops(XM_DROP_GENEVE_MALFORMED)},
        {"options beyond the packet", &kGeneve,
         wrapped({.option_words = 63, .type = 0x0800}).payload(Bytes(100)),
         drops(XM_DROP_GENEVE_MALFORMED)},
        {"UDP without room for Geneve", &kGeneve,
         Packet().eth().ipv4({.src = kBalancer}).udp({.dst = kGenevePort}).payload(7),
         drops(XM_DROP_OUTER_LENGTH)},
        {"first fragment of Geneve", &kGeneve,
         Packet().eth().ipv4({.src = kBalancer, .mf = true}).udp({.checksum = 0}).geneve(),
         drops(XM_DROP_OUTER_FRAGMENT)},
    };
}

// Behind a load balancer, fragments may come by different nodes of it.
TEST(Geneve, FragmentsFollowTheirFirstAcrossBalancers) {
    const Rig& rig = rig_for(kGeneve);
    const auto from = [](IpAddress balancer) {
        return wrapped({}, balancer).ipv4().udp({.checksum = 0}).vxlan().eth();
    };
    const Ipv4 out{.src = kExporter, .dst = kCollector, .ttl = 63, .id = 77};
    Ipv4 out_first = out, out_later = out;
    out_first.mf = true;
    out_later.fragment_offset = 8;
    out_later.protocol = 17;
    EXPECT_TRUE(behaves(rig, from(kBalancer).ipv4({.id = 77, .mf = true}).udp().payload(56),
                        sends(delivered()
                                  .ipv4(out_first)
                                  .udp({.src = kExporterPort, .dst = kCollectorPort})
                                  .payload(56),
                              kFlows)
                            .noting(XM_NOTE_FRAGMENT_FIRST)));
    EXPECT_TRUE(behaves(
        rig,
        from(ip4(10, 0, 4, 8)).ipv4({.id = 77, .fragment_offset = 8, .protocol = 17}).payload(5),
        sends(delivered().ipv4(out_later).payload(5), kFlows).noting(XM_NOTE_FRAGMENT_LATER)));
}

INSTANTIATE_TEST_SUITE_P(GeneveMirrors, PacketTest, testing::ValuesIn(mirrors()), test_name);
INSTANTIATE_TEST_SUITE_P(GeneveOthers, PacketTest, testing::ValuesIn(others()), test_name);

}  // namespace
}  // namespace xdpmirror::test
