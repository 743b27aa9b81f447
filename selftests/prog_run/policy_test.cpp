// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a source may want differently: strictness, cut packets, checksums; what a rule may: other
// protocols; and what an egress may: packets too large for it.
#include <linux/bpf.h>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Setup kPolicies{R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}}
  - {name: strict, vxlan: {vni: 1}, strict: true}
  - {name: cut, vxlan: {vni: 2}, truncated: forward}
  - {name: zero, vxlan: {vni: 3}, checksum: zero, truncated: forward}
  - {name: full, vxlan: {vni: 4}, checksum: recompute}
rules:
  - {name: flows6, match: {from: "2001:db8::/32", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {from: 0.0.0.0/0, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: kept, match: {from: 0.0.0.0/0, port: 2055}, send: {to: fdi}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml",
                      {.mtu = 9001}};

const Setup kProtocols{R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}}
  - {name: udp-only, vxlan: {vni: 1}}
  - {name: full, vxlan: {vni: 4}, checksum: recompute, truncated: forward}
rules:
  - {name: web, match: {from: 0.0.0.0/0, protocol: tcp, port: 443}, send: {to: fdi, port: 8443}}
  - {name: signal, match: {from: 0.0.0.0/0, protocol: sctp, port: 2905}, send: {to: fdi}}
  - {name: tunnels, match: {from: 0.0.0.0/0, protocol: 47}, send: {to: fdi}}
  - {name: flows, match: {from: 0.0.0.0/0, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: lite, match: {from: 0.0.0.0/0, protocol: udplite, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: all6, match: {vni: 4242, from: "2001:db8::/32", protocol: any}, send: {to: fdi6}}
  - {name: all, match: {vni: 4242, from: 0.0.0.0/0, protocol: any}, send: {to: fdi}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml"};

Accounts of(const char* source) { return {source, "flows", kFdi}; }
Accounts of6(const char* source) { return {source, "flows6", kFdi6}; }

Packet out4(Udp udp, std::size_t payload) {
    udp.src = kExporterPort;
    udp.dst = kCollectorPort;
    return delivered()
        .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
        .udp(udp)
        .payload(payload);
}
Packet out6(Udp udp, std::size_t payload) {
    udp.src = kExporterPort;
    udp.dst = kCollectorPort;
    return delivered()
        .ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
        .udp(udp)
        .payload(payload);
}

std::vector<PacketCase> strictness() {
    const auto odd = [](Vxlan vxlan, std::uint32_t vni) {
        vxlan.vni = vni;
        return Packet().eth().ipv4().udp({.checksum = 0}).vxlan(vxlan).eth().ipv4().udp().payload(
            48);
    };
    const Want refused = drops(XM_DROP_VXLAN_RESERVED, {"strict"});
    return {
        {"nothing odd", &kPolicies, odd({}, 1), sends(delivered4(), of("strict"))},
        {"flag", &kPolicies, odd({.flags = 0x88}, 1), refused},
        {"byte behind the flags", &kPolicies, odd({.reserved1 = 0x010000}, 1), refused},
        {"byte behind the VNI", &kPolicies, odd({.reserved2 = 0x80}, 1), refused},
        {"GPE with Ethernet", &kPolicies, odd({.flags = 0x0c, .reserved1 = 3}, 1), refused},
        {"tolerated elsewhere", &kPolicies, odd({.flags = 0x88}, kVni),
         sends(delivered4(), of("core")).noting(XM_NOTE_VXLAN_RESERVED)},
        {"noted although dropped later", &kPolicies,
         Packet().eth().ipv4().udp({.checksum = 0}).vxlan({.flags = 0x88}).eth().arp(),
         drops(XM_DROP_INNER_NOT_IP, {"core"}).noting(XM_NOTE_VXLAN_RESERVED)},
    };
}

std::vector<PacketCase> truncation() {
    const auto cut4 = [](std::uint32_t vni, std::size_t kept, Udp udp = {}) {
        return mirrored({.vni = vni, .packet_length = 14 + 28 + kept}).ipv4().udp(udp).payload(200);
    };
    const auto cut6 = [](std::uint32_t vni, std::size_t kept) {
        return mirrored({.vni = vni, .packet_length = 14 + 48 + kept}).ipv6().udp().payload(200);
    };
    const auto made_right = [](Packet out, Accounts accounts) {
        return sends(std::move(out), std::move(accounts))
            .cut()
            .noting(XM_NOTE_TRUNCATED_FORWARDED);
    };
    const Want dropped = drops(XM_DROP_INNER_TRUNCATED, {"cut"}).cut();
    return {
        {"an even number of bytes is left", &kPolicies, cut4(2, 60),
         made_right(out4({}, 60), of("cut"))},
        {"an odd number", &kPolicies, cut4(2, 61), made_right(out4({}, 61), of("cut"))},
        {"more than a piece of the sum", &kPolicies,
         mirrored({.vni = 2, .packet_length = 14 + 28 + 1111}).ipv4().udp().payload(1400),
         made_right(out4({}, 1111), of("cut"))},
        {"the UDP header alone", &kPolicies, cut4(2, 0), made_right(out4({}, 0), of("cut"))},
        {"without a checksum", &kPolicies, cut4(2, 60, {.checksum = 0}),
         made_right(out4({}, 60), of("cut"))},
        {"IPv6", &kPolicies, cut6(2, 33), made_right(out6({}, 33), of6("cut"))},
        {"a UDP datagram that ends before the cut", &kPolicies,
         cut4(2, 60, {.length = 8 + 20, .checksum = 3}),
         made_right(out4({.length = 8 + 20,
                          .checksum = static_cast<std::uint16_t>(out4({}, 20).bytes()[40] << 8 |
                                                                 out4({}, 20).bytes()[41])},
                         60),
                    of("cut"))},
        {"an inner source that cannot be, within IPv4 options", &kPolicies,
         mirrored({.vni = 2, .packet_length = 14 + 30})
             .ipv4({.src = ip4(127, 0, 0, 1), .options = Bytes(40, 1)})
             .udp()
             .payload(200),
         drops(XM_DROP_INNER_SOURCE_INVALID, {"cut"}).cut()},
        {"in a tag and behind options", &kPolicies,
         mirrored({.vni = 2, .packet_length = 18 + 56 + 8})
             .vlan()
             .ipv6()
             .ipv6_options({.extra_words = 0})
             .udp()
             .payload(90),
         made_right(delivered()
                        .ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
                        .ipv6_options()
                        .udp({.src = kExporterPort, .dst = kCollectorPort})
                        .payload(8),
                    of6("cut"))},
        {"with checksum: zero", &kPolicies, cut4(3, 60),
         made_right(out4({.checksum = 0}, 60), of("zero"))},
        {"IPv6 cannot do without a checksum", &kPolicies, cut6(3, 60),
         made_right(out6({}, 60), of6("zero"))},
        {"within the UDP header", &kPolicies,
         mirrored({.vni = 2, .packet_length = 14 + 27}).ipv4().udp().payload(200), dropped},
        {"within IPv4 options", &kPolicies,
         mirrored({.vni = 2, .packet_length = 14 + 30})
             .ipv4({.options = Bytes(40, 1)})
             .udp()
             .payload(200),
         drops(XM_DROP_INNER_MALFORMED, {"cut"}).cut()},
        {"a fragment", &kPolicies,
         mirrored({.vni = 2, .packet_length = 14 + 28 + 16}).ipv4({.mf = true}).udp().payload(64),
         dropped},
        {"an IPv6 fragment", &kPolicies,
         mirrored({.vni = 2, .packet_length = 14 + 56 + 16})
             .ipv6()
             .ipv6_fragment({.more = true})
             .udp()
             .payload(64),
         dropped},
        {"TCP is not UDP", &kPolicies,
         mirrored({.vni = 2, .packet_length = 14 + 20 + 20}).ipv4().tcp().payload(64),
         drops(XM_DROP_INNER_NOT_UDP, {"cut"}).cut()},
        {"TCP where a rule takes it", &kProtocols,
         mirrored({.vni = 4, .packet_length = 14 + 20 + 20}).ipv4().tcp().payload(64),
         drops(XM_DROP_INNER_TRUNCATED, {"full"}).cut()},
        {"a UDP length that never was right", &kPolicies, cut4(2, 60, {.length = 300}),
         drops(XM_DROP_INNER_MALFORMED, {"cut"}).cut()},
        {"no rule", &kPolicies, cut4(2, 60, {.dst = 9}), drops(XM_DROP_NO_RULE, {"cut"}).cut()},
        {"TTL used up", &kPolicies,
         mirrored({.vni = 2, .packet_length = 14 + 28 + 8}).ipv4({.ttl = 1}).udp().payload(64),
         drops(XM_DROP_TTL_EXPIRED, {"cut", "flows"}).cut()},
        {"not by another source", &kPolicies, cut4(kVni, 60),
         drops(XM_DROP_INNER_TRUNCATED, {"core"}).cut()},
    };
}

std::vector<PacketCase> checksums() {
    const auto in4 = [](std::uint32_t vni, Udp udp, std::size_t payload) {
        return mirrored({.vni = vni}).ipv4().udp(udp).payload(payload);
    };
    const auto in6 = [](std::uint32_t vni, Udp udp, std::size_t payload) {
        return mirrored({.vni = vni}).ipv6().udp(udp).payload(payload);
    };
    return {
        {"zero", &kPolicies, in4(3, {}, 48), sends(out4({.checksum = 0}, 48), of("zero"))},
        {"zero over a wrong one", &kPolicies, in4(3, {.checksum = 7}, 48),
         sends(out4({.checksum = 0}, 48), of("zero"))},
        {"zero is not for IPv6", &kPolicies, in6(3, {}, 48), sends(out6({}, 48), of6("zero"))},
        {"zero in a first fragment", &kPolicies,
         mirrored({.vni = 3}).ipv4({.id = 5, .mf = true}).udp().payload(48),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63, .id = 5, .mf = true})
                   .udp({.src = kExporterPort, .dst = kCollectorPort, .checksum = 0})
                   .payload(48),
               of("zero"))
             .noting(XM_NOTE_FRAGMENT_FIRST)},
        {"zero where the port stays", &kPolicies, in4(3, {.dst = 2055}, 48),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                   .udp({.src = kExporterPort, .dst = 2055, .checksum = 0})
                   .payload(48),
               {"zero", "kept", kFdi})},
        {"computed over an unfinished one", &kPolicies, in4(4, {.checksum = 0x5555}, 48),
         sends(out4({}, 48), of("full"))},
        {"computed where there was none", &kPolicies, in4(4, {.checksum = 0}, 49),
         sends(out4({}, 49), of("full"))},
        {"computed over no payload", &kPolicies, in4(4, {.checksum = 1}, 0),
         sends(out4({}, 0), of("full"))},
        {"computed over whole pieces", &kPolicies, in4(4, {.checksum = 1}, 1024 - 8),
         sends(out4({}, 1024 - 8), of("full"))},
        {"computed over a piece and a byte", &kPolicies, in4(4, {.checksum = 1}, 512 - 8 + 1),
         sends(out4({}, 512 - 8 + 1), of("full"))},
        {"computed for IPv6", &kPolicies, in6(4, {.checksum = 1}, 1001),
         sends(out6({}, 1001), of6("full"))},
        {"computed to zero is sent as all ones", &kPolicies,
         in4(4, {.checksum = 1}, 0).payload(Bytes{0x2e, 0x2e}),
         sends(out4({}, 0).payload(Bytes{0x2e, 0x2e}), of("full"))},
        {"what lies behind the UDP length does not count", &kPolicies,
         mirrored({.vni = 4}).ipv4().udp({.length = 8 + 10, .checksum = 1}).payload(48),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                   .udp({.src = kExporterPort,
                         .dst = kCollectorPort,
                         .length = 8 + 10,
                         .checksum = static_cast<std::uint16_t>(
                             out4({}, 10).bytes()[40] << 8 | out4({}, 10).bytes()[41])})
                   .payload(48),
               of("full"))},
        {"a first fragment is updated", &kPolicies,
         mirrored({.vni = 4}).ipv4({.id = 6, .mf = true}).udp().payload(48),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63, .id = 6, .mf = true})
                   .udp({.src = kExporterPort, .dst = kCollectorPort})
                   .payload(48),
               of("full"))
             .noting(XM_NOTE_FRAGMENT_FIRST)},
        {"updated by default", &kPolicies, in4(kVni, {}, 48), sends(delivered4(), of("core"))},
    };
}

std::vector<PacketCase> jumbo_checksums() {
    return {
        {"computed over 8900 bytes", &kPolicies,
         mirrored({.vni = 4}).ipv4().udp({.checksum = 1}).payload(8900),
         sends(out4({}, 8900), of("full"))},
        {"computed over what is left of 8900 bytes", &kPolicies,
         mirrored({.vni = 2, .packet_length = 14 + 28 + 6001}).ipv4().udp().payload(8900),
         sends(out4({}, 6001), of("cut")).cut().noting(XM_NOTE_TRUNCATED_FORWARDED)},
    };
}

std::vector<PacketCase> protocols() {
    const Ipv4 to4{.src = kExporter, .dst = kCollector, .ttl = 63};
    const Ipv6 to6{.src = kExporter6, .dst = kCollector6, .hop_limit = 63};
    const Accounts all{"core", "all", kFdi}, all6{"core", "all6", kFdi6};
    const auto raw = [](std::uint8_t protocol, Bytes bytes) {
        return mirrored().ipv4({.protocol = protocol}).payload(std::move(bytes));
    };
    const auto sent = [&](std::uint8_t protocol, Bytes bytes, Accounts accounts) {
        Ipv4 ip = to4;
        ip.protocol = protocol;
        return sends(delivered().ipv4(ip).payload(std::move(bytes)), std::move(accounts));
    };
    const Bytes sctp{0, 1, 0x0b, 0x59, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    return {
        {"TCP to a port", &kProtocols, mirrored().ipv4().tcp().payload(11),
         sends(delivered().ipv4(to4).tcp({.dst = 8443}).payload(11), {"core", "web", kFdi})},
        {"TCP to another port", &kProtocols, mirrored().ipv4().tcp({.dst = 80}).payload(11),
         sends(delivered().ipv4(to4).tcp({.dst = 80}).payload(11), all)},
        {"TCP over IPv6", &kProtocols, mirrored().ipv6().tcp(), sends(delivered().ipv6(to6).tcp(),
                                                                      all6)},
        {"TCP in a tag", &kProtocols, mirrored().vlan().ipv4({.options = Bytes(8, 1)}).tcp(),
         sends(delivered()
                   .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63, .options = Bytes(8, 1)})
                   .tcp({.dst = 8443}),
               {"core", "web", kFdi})},
        {"TCP without a whole header", &kProtocols, raw(6, Bytes(19)),
         drops(XM_DROP_INNER_MALFORMED, {"core"})},
        {"ICMP echo", &kProtocols, mirrored().ipv4().icmp().payload(8),
         sends(delivered().ipv4(to4).icmp().payload(8), all)},
        {"ICMPv6 echo", &kProtocols, mirrored().ipv6().icmp().payload(8),
         sends(delivered().ipv6(to6).icmp().payload(8), all6)},
        {"ICMPv6 without a whole header", &kProtocols,
         mirrored().ipv6({.next_header = 58}).payload(Bytes(3)),
         drops(XM_DROP_INNER_MALFORMED, {"core"})},
        {"ICMPv6 over IPv4 has no checksum over addresses", &kProtocols, raw(58, Bytes{1, 2, 3, 4}),
         sent(58, {1, 2, 3, 4}, all)},
        {"SCTP to a port", &kProtocols, raw(132, sctp), sent(132, sctp, {"core", "signal", kFdi})},
        {"SCTP without a whole header", &kProtocols, raw(132, Bytes(11)),
         drops(XM_DROP_INNER_MALFORMED, {"core"})},
        {"GRE", &kProtocols, raw(47, {0, 0, 8, 0}), sent(47, {0, 0, 8, 0},
                                                        {"core", "tunnels", kFdi})},
        {"a protocol with nothing in it", &kProtocols, raw(253, {}), sent(253, {}, all)},
        {"DCCP without a whole header", &kProtocols, raw(33, Bytes(11)),
         drops(XM_DROP_INNER_MALFORMED, {"core"})},
        {"UDP-Lite without a whole header", &kProtocols, raw(136, Bytes(7)),
         drops(XM_DROP_INNER_MALFORMED, {"core"})},
        {"a UDP rule is not for TCP", &kProtocols,
         mirrored({.vni = 1}).ipv4().tcp({.dst = kFlowPort}), drops(XM_DROP_NO_RULE, {"udp-only"})},
        {"UDP as before", &kProtocols, flow4(), sends(delivered4(), kFlows)},
        {"UDP that no UDP rule takes", &kProtocols, mirrored().ipv4().udp({.dst = 9}).payload(5),
         sends(delivered().ipv4(to4).udp({.src = kExporterPort, .dst = 9}).payload(5), all)},
        {"IPv6 without next header", &kProtocols, mirrored().ipv6({.next_header = 59}),
         sends(delivered().ipv6({.src = kExporter6,
                                 .dst = kCollector6,
                                 .hop_limit = 63,
                                 .next_header = 59}),
               all6)},
    };
}

// UDP-Lite and DCCP have their checksum where UDP has it: the change is that of UDP.
TEST(Protocols, ChecksumsOverAddressesAreUpdated) {
    const Bytes udp_frame = flow4(4).bytes();
    const Bytes udp_out = delivered4(4).bytes();
    const auto segment = [](const Bytes& frame, std::size_t at) {
        return Bytes(frame.begin() + static_cast<std::ptrdiff_t>(at), frame.end());
    };
    const Bytes in = segment(udp_frame, udp_frame.size() - 12);
    const Bytes out = segment(udp_out, udp_out.size() - 12);
    EXPECT_TRUE(behaves(rig_for(kProtocols), mirrored().ipv4({.protocol = 136}).payload(in),
                        sends(delivered()
                                  .ipv4({.src = kExporter,
                                         .dst = kCollector,
                                         .ttl = 63,
                                         .protocol = 136})
                                  .payload(out),
                              {"core", "lite", kFdi})));
    // DCCP keeps its port, so its sum changes by the address alone
    const Bytes kept = mirrored().ipv4({.dst = kCollector}).udp().payload(4).bytes();
    EXPECT_TRUE(behaves(rig_for(kProtocols), mirrored().ipv4({.protocol = 33}).payload(in),
                        sends(delivered()
                                  .ipv4({.src = kExporter,
                                         .dst = kCollector,
                                         .ttl = 63,
                                         .protocol = 33})
                                  .payload(segment(kept, kept.size() - 12)),
                              {"core", "all", kFdi})));
}

constexpr const char* kFragmentingProfile = R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}}
rules:
  - {name: flows6, match: {from: "2001:db8::/32", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {from: 0.0.0.0/0, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: small, match: {from: 0.0.0.0/0, port: 2055}, send: {to: other}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
  other: {collectors: [{address: 100.76.10.12}], via: narrow}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01", oversize: fragment}
  narrow: {interface: lo, next_hop: "02:00:00:20:00:02"}
)yaml";

// On paper every kernel route is good; test-run itself happens on a loopback device without any.
const Setup kFragmenting{kFragmentingProfile, {.local = {}, .on_paper = true, .mtu = 600}};
const Setup kNoRoute{kFragmentingProfile, {.mtu = 600}};

std::vector<PacketCase> oversize() {
    const auto for_kernel = [](Ipv4 ip, Udp udp, std::size_t payload) {
        ip.src = kExporter;
        ip.dst = kCollector;
        udp.src = kExporterPort;
        udp.dst = kCollectorPort;
        return Packet()
            .eth({.dst = kNodeMac, .src = kNodeEgressMac})
            .ipv4(ip)
            .udp(udp)
            .payload(payload);
    };
    return {
        {"goes to the kernel, TTL as it came", &kFragmenting, flow4(600),
         sends_by_kernel(for_kernel({}, {}, 600), kFlows)},
        {"DF is cleared", &kFragmenting, mirrored().ipv4({.df = true}).udp().payload(600),
         sends_by_kernel(for_kernel({}, {}, 600), kFlows)},
        {"a first fragment", &kFragmenting,
         mirrored().ipv4({.df = true, .mf = true}).udp().payload(600),
         sends_by_kernel(for_kernel({.mf = true}, {}, 600), kFlows).noting(XM_NOTE_FRAGMENT_FIRST)},
        {"what fits is redirected", &kFragmenting, flow4(600 - 28),
         sends(delivered4(600 - 28), kFlows)},
        {"IPv6 is for its sender to fragment", &kFragmenting, flow6(600),
         drops(XM_DROP_EGRESS_OVERSIZE, {"core", "flows6"})},
        {"IPv4 options would have to be copied", &kFragmenting,
         mirrored().ipv4({.options = Bytes(4, 1)}).udp().payload(600),
         drops(XM_DROP_EGRESS_OVERSIZE, {"core", "flows"})},
        {"TTL used up", &kFragmenting, mirrored().ipv4({.ttl = 1}).udp().payload(600),
         drops(XM_DROP_TTL_EXPIRED, {"core", "flows"})},
        {"another egress drops", &kFragmenting, mirrored().ipv4().udp({.dst = 2055}).payload(600),
         drops(XM_DROP_EGRESS_OVERSIZE, {"core", "small"})},
        {"no route in the kernel", &kNoRoute, flow4(600),
         drops(XM_DROP_OVERSIZE_NO_ROUTE, {"core", "flows"})},
        {"no route is asked for what fits", &kNoRoute, flow4(), sends(delivered4(), kFlows)},
    };
}

INSTANTIATE_TEST_SUITE_P(Strict, PacketTest, testing::ValuesIn(strictness()), test_name);
INSTANTIATE_TEST_SUITE_P(TruncatedForward, PacketTest, testing::ValuesIn(truncation()), test_name);
INSTANTIATE_TEST_SUITE_P(Checksums, PacketTest, testing::ValuesIn(checksums()), test_name);
INSTANTIATE_TEST_SUITE_P(JumboChecksums, PacketTest, testing::ValuesIn(jumbo_checksums()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Protocols, PacketTest, testing::ValuesIn(protocols()), test_name);
INSTANTIATE_TEST_SUITE_P(Oversize, PacketTest, testing::ValuesIn(oversize()), test_name);

}  // namespace
}  // namespace xdpmirror::test
