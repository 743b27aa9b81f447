// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The XDP part of rules that send to several pools: the packet is admitted, classified and stripped, what its
// source asks for is done, and the tc program gets it with its destination as it came.
#include <arpa/inet.h>

#include <cstring>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

std::string profile(const std::string& source) {
    return R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.1.0/24])yaml" + source + R"yaml(}
  - {name: plain, plain: {to: 10.50.0.0/16}}
rules:
  - {name: alone, match: {port: 2055}, send: {to: fdi, port: 8081}}
  - {name: flows, match: {protocol: any, vni: 4242}, send: [{to: fdi}, {to: archive}]}
  - {name: here, match: {protocol: any}, send: [{to: fdi}, {to: archive}]}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  archive: {collectors: [{address: 100.76.10.12}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";
}

// What stands in front of the IP packet.
Bytes order(unsigned rule, unsigned words, unsigned transport, bool ipv6 = false) {
    const unsigned where = words | transport << 10;
    Bytes bytes(6, 0);  // the secret of a rig
    for (const unsigned byte : {2U, 4U, rule >> 8, rule & 0xff, where >> 8, where & 0xff, ipv6 ? 0x86U : 0x08U, ipv6 ? 0xddU : 0U})
        bytes.push_back(static_cast<std::uint8_t>(byte));
    return bytes;
}

constexpr unsigned kUdp = 1, kTcp = 2;
constexpr unsigned kPlainInput = 0x8000;

class Copies : public testing::Test {
  protected:
    static Rig make(const std::string& source) { return std::move(*Rig::make(profile(source))); }

    // `out` is the IP packet.
    static void expect(const Rig& rig, const Packet& in, const Bytes& order, const Packet& out) {
        const auto before = rig.books();
        const auto outcome = rig.run(in.bytes());
        ASSERT_TRUE(outcome) << outcome.error().what;
        const auto after = rig.books();
        EXPECT_EQ(outcome->verdict, 2);  // XDP_PASS
        Bytes want = order;
        const auto packet = out.bytes();
        want.insert(want.end(), packet.begin(), packet.end());
        EXPECT_EQ(outcome->frame, want);
        EXPECT_EQ(after->received.packets, before->received.packets + 1);
        EXPECT_EQ(after->delivered.packets, before->delivered.packets + 1);
        EXPECT_EQ(after->delivered.bytes, before->delivered.bytes + want.size());
        for (std::size_t i = 0; i < after->collectors.size(); i++)
            EXPECT_EQ(after->collectors[i].packets, before->collectors[i].packets);
    }
};

TEST_F(Copies, GoToTheTcProgramAsTheyCame) {
    const Rig rig = make("");
    for (const std::size_t size : {0U, 48U, 1400U})
        expect(rig, mirrored().ipv4().udp().payload(size), order(1, 5, kUdp), 
               Packet().ipv4({.src = kExporter, .dst = kOldCollector}).udp({.src = kExporterPort, .dst = kFlowPort}).payload(size));
    expect(rig, mirrored().ipv6().udp().payload(48), order(1, 10, kUdp, true),
           Packet().ipv6({.src = kExporter6, .dst = kOldCollector6}).udp({.src = kExporterPort, .dst = kFlowPort}).payload(48));
}

TEST_F(Copies, SayWhereTheTransportIs) {
    const Rig rig = make("");
    const Bytes options{1, 1, 1, 0};
    expect(rig, mirrored().vlan().ipv4({.options = options}).tcp(), order(1, 6, kTcp),
           Packet().ipv4({.src = kExporter, .dst = kOldCollector, .options = options}).tcp());
    expect(rig, mirrored().ipv6().ipv6_options().udp().payload(8), order(1, 12, kUdp, true),
           Packet().ipv6({.src = kExporter6, .dst = kOldCollector6}).ipv6_options()
               .udp({.src = kExporterPort, .dst = kFlowPort}).payload(8));
    expect(rig, mirrored().ipv4().icmp().payload(8), order(1, 5, 0),
           Packet().ipv4({.src = kExporter, .dst = kOldCollector}).icmp().payload(8));
}

TEST_F(Copies, OfPlainInputSaySo) {
    const Rig rig = make("");
    expect(rig, Packet().eth({.dst = kNodeMac}).ipv4({.src = kExporter, .dst = kOldCollector}).udp({.src = 1, .dst = 2}).payload(8),
           order(2 | kPlainInput, 5, kUdp), Packet().ipv4({.src = kExporter, .dst = kOldCollector}).udp({.src = 1, .dst = 2}).payload(8));
}

TEST_F(Copies, HaveWhatTheirSourceAsksFor) {
    const auto out = [](std::uint16_t checksum) {
        return Packet().ipv4({.src = kExporter, .dst = kOldCollector})
            .udp({.src = kExporterPort, .dst = kFlowPort, .checksum = checksum}).payload(8);
    };
    const Packet in = mirrored().ipv4().udp({.checksum = 0x1234}).payload(8);
    const auto right = [] {
        const auto bytes = Packet().ipv4({.src = kExporter, .dst = kOldCollector})
                               .udp({.src = kExporterPort, .dst = kFlowPort}).payload(8).bytes();
        return static_cast<std::uint16_t>(bytes[26] << 8 | bytes[27]);
    };
    expect(make(""), in, order(1, 5, kUdp), out(0x1234));
    expect(make(", checksum: zero"), in, order(1, 5, kUdp), out(0));
    expect(make(", checksum: recompute"), in, order(1, 5, kUdp), out(right()));
}

TEST_F(Copies, AreNotMadeOfWhatIsDropped) {
    const Rig rig = make("");
    EXPECT_TRUE(behaves(rig, mirrored().ipv4({.ttl = 1}).udp().payload(8), drops(XM_DROP_TTL_EXPIRED, {"core", "flows"})));
    EXPECT_TRUE(behaves(rig, mirrored().ipv6({.hop_limit = 1}).udp().payload(8), drops(XM_DROP_TTL_EXPIRED, {"core", "flows"})));
}

TEST_F(Copies, RulesWithoutAnyGoTheirUsualWay) {
    const Rig rig = make("");
    EXPECT_TRUE(behaves(rig, mirrored().ipv4().udp({.dst = 2055}).payload(8),
                        sends(delivered().ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                                  .udp({.src = kExporterPort, .dst = 8081}).payload(8),
                              {"core", "alone", kFdi})));
}

}  // namespace
}  // namespace xdpmirror::test
