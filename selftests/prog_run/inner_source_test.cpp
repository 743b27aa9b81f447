// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Inner sources that cannot be: addresses of no wire, our own, and those that a source does not list.
// And what would go round in circles: tunnels inside the tunnel, packets that are there already.
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Accounts kCore{"core"};
constexpr IpAddress kSpoofed = ip4(172, 31, 0, 1);
constexpr IpAddress kSpoofed6 = ip6({0x2001, 0xdb8, 0xbad, 0, 0, 0, 0, 1});
constexpr IpAddress kMappedExporter = ip6({0, 0, 0, 0, 0, 0xffff, 0xc0a8, 0x0a01});

const Setup kListed{R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, exporters: [192.168.10.0/24, "2001:db8:10::/48"]}
  - {name: six, vxlan: {vni: 6}, exporters: ["::/0"]}
  - {name: all, vxlan: {vni: 7}}
rules:
  - {name: flows6, match: {from: "2001:db8::/32", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {from: 0.0.0.0/0, port: 31756}, send: {to: fdi, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml"};

const Setup kOpenRule{R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}}
rules:
  - {name: flows6, match: {from: "2001:db8::/32"}, send: {to: fdi6}}
  - {name: moved, match: {from: 0.0.0.0/0, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: flows, match: {from: 0.0.0.0/0}, send: {to: fdi}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml"};

Packet from4(IpAddress source, std::uint32_t vni = kVni) {
    return mirrored({.vni = vni}).ipv4({.src = source}).udp().payload(16);
}
Packet from6(IpAddress source, std::uint32_t vni = kVni) {
    return mirrored({.vni = vni}).ipv6({.src = source}).udp().payload(16);
}
Packet out4(IpAddress source) {
    return delivered()
        .ipv4({.src = source, .dst = kCollector, .ttl = 63})
        .udp({.src = kExporterPort, .dst = kCollectorPort})
        .payload(16);
}

std::vector<PacketCase> of_no_wire() {
    const Want want = drops(XM_DROP_INNER_SOURCE_INVALID, kCore);
    return {
        {"unspecified", &kPlain, from4(ip4(0, 0, 0, 0)), want},
        {"this network", &kPlain, from4(ip4(0, 1, 2, 3)), want},
        {"loopback", &kPlain, from4(ip4(127, 0, 0, 1)), want},
        {"multicast", &kPlain, from4(ip4(224, 0, 0, 5)), want},
        {"reserved", &kPlain, from4(ip4(240, 0, 0, 1)), want},
        {"broadcast", &kPlain, from4(ip4(255, 255, 255, 255)), want},
        {"the last before multicast", &kPlain, from4(ip4(223, 255, 255, 255)),
         sends(out4(ip4(223, 255, 255, 255)), kFlows)},
        {"the first", &kPlain, from4(ip4(1, 0, 0, 0)), sends(out4(ip4(1, 0, 0, 0)), kFlows)},
        {"IPv6 unspecified", &kPlain, from6(ip6({})), want},
        {"IPv6 loopback", &kPlain, from6(ip6({0, 0, 0, 0, 0, 0, 0, 1})), want},
        {"IPv6 multicast", &kPlain, from6(ip6({0xff02, 0, 0, 0, 0, 0, 0, 1})), want},
        {"IPv6 link-local", &kPlain, from6(ip6({0xfebf, 0, 0, 0, 0, 0, 0, 1})), want},
        {"IPv6 that is nearly the loopback", &kPlain, from6(ip6({0, 0, 0, 0, 0, 0, 0, 2})),
         drops(XM_DROP_FAMILY_MISMATCH, {"core", "flows"})},
        {"IPv6 behind link-local", &kPlain, from6(ip6({0xfec0, 0, 0, 0, 0, 0, 0, 1})),
         drops(XM_DROP_FAMILY_MISMATCH, {"core", "flows"})},
        {"comes before what is wrong behind it", &kPlain,
         mirrored().ipv4({.src = ip4(127, 0, 0, 1)}).udp({.length = 3}).payload(16), want},
    };
}

std::vector<PacketCase> loops() {
    const Want want = drops(XM_DROP_LOOP, kCore);
    return {
        {"from the node's own address", &kPlain, from4(kNode), want},
        {"from the node's other interface", &kPlain, from4(kNodeEgress), want},
        {"from the node's own IPv6 address", &kPlain, from6(kNode6), want},
        {"from the node's other IPv6 address", &kPlain, from6(kNodeEgress6), want},
        {"own tunnel, an encrypted packet", &kPlain,
         mirrored().ipv4({.src = kNodeEgress, .protocol = 50}).payload(64), want},
        {"own output mirrored again", &kOpenRule,
         mirrored().ipv4({.dst = kCollector}).udp({.dst = kCollectorPort}).payload(16),
         drops(XM_DROP_LOOP, {"core", "flows"})},
        {"own output under a rule that has rewritten the port", &kOpenRule,
         mirrored().ipv6({.dst = kCollector6}).udp({.dst = kCollectorPort}).payload(16),
         drops(XM_DROP_LOOP, {"core", "flows6"})},
        {"to the collector, but still on the old port", &kOpenRule,
         mirrored().ipv4({.dst = kCollector}).udp().payload(16),
         sends(out4(kExporter), {"core", "moved", kFdi})},
        {"VXLAN in VXLAN", &kOpenRule,
         mirrored().ipv4().udp({.dst = kVxlanPort}).payload(flow4().bytes()),
         drops(XM_DROP_NESTED_TUNNEL, kCore)},
        {"VXLAN in VXLAN over IPv6, behind options and a tag", &kOpenRule,
         mirrored().vlan().ipv6().ipv6_options().udp({.dst = kVxlanPort}).payload(64),
         drops(XM_DROP_NESTED_TUNNEL, kCore)},
        {"the Geneve port means nothing without a Geneve source", &kOpenRule,
         mirrored().ipv4().udp({.dst = kGenevePort}).payload(16),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                   .udp({.src = kExporterPort, .dst = kGenevePort})
                   .payload(16),
               {"core", "flows", kFdi})},
    };
}

std::vector<PacketCase> exporters() {
    const auto want = [](const char* source) {
        return drops(XM_DROP_EXPORTER_NOT_ALLOWED, {source});
    };
    return {
        {"listed", &kListed, from4(kExporter), sends(out4(kExporter), kFlows)},
        {"listed IPv6", &kListed, flow6(), sends(delivered6(), kFlows6)},
        {"not listed", &kListed, from4(kSpoofed), want("core")},
        {"not listed IPv6", &kListed, from6(kSpoofed6), want("core")},
        {"IPv6 that looks like a listed IPv4", &kListed, from6(kMappedExporter), want("core")},
        {"IPv4 is not in ::/0", &kListed, from4(kExporter, 6), want("six")},
        {"every IPv6 is in ::/0", &kListed,
         mirrored({.vni = 6}).ipv6({.src = kSpoofed6}).udp().payload(16),
         sends(delivered()
                   .ipv6({.src = kSpoofed6, .dst = kCollector6, .hop_limit = 63})
                   .udp({.src = kExporterPort, .dst = kCollectorPort})
                   .payload(16),
               {"six", "flows6", kFdi6})},
        {"another source lists nobody", &kListed, from4(kSpoofed, 7),
         sends(out4(kSpoofed), {"all", "flows", kFdi})},
        {"not listed, in a tag", &kListed,
         mirrored().vlan().ipv4({.src = kSpoofed}).udp().payload(16), want("core")},
        {"a fragment of one not listed", &kListed,
         mirrored().ipv4({.src = kSpoofed, .mf = true}).udp().payload(16), want("core")},
    };
}

INSTANTIATE_TEST_SUITE_P(OfNoWire, PacketTest, testing::ValuesIn(of_no_wire()), test_name);
INSTANTIATE_TEST_SUITE_P(Loops, PacketTest, testing::ValuesIn(loops()), test_name);
INSTANTIATE_TEST_SUITE_P(Exporters, PacketTest, testing::ValuesIn(exporters()), test_name);

}  // namespace
}  // namespace xdpmirror::test
