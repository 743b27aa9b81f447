// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Packets with NetFlow v9 and IPFIX templates go on as any other, and the daemon gets a copy as they came.
#include <cstring>

#include "maps/template_rings.h"
#include "selftests/prog_run/setups.h"
#include "selftests/unit/loader/templates/messages.h"

namespace xdpmirror::test {
namespace {

const Setup kLearns{R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.1.0/24]}
rules:
  - {name: flows6, match: {from: "2001:db8::/32", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
  - {name: unread, match: {port: 2055}, send: {to: quiet, port: 8081}}
pools:
  fdi: {templates: all, collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {templates: on_move, collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
  quiet: {collectors: [{address: 100.76.20.11}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml"};

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

const Bytes kHeader9 = netflow9(1, {});
const Bytes kHeader10 = ipfix({});
const Bytes kData = words({256, 12, 1, 2, 3, 4});

// A set that describes data.
Bytes templates(unsigned id) { return words({id, 12, 256, 1, 8, 4}); }

class Templates : public testing::Test {
  protected:
    Templates() : rig_(std::move(*Rig::make(kLearns.profile))), rings_(std::move(*TemplateRings::make(ring_fds()))) {}

    std::vector<int> ring_fds() const {
        std::vector<int> fds;
        for (int part = 0; part < XM_MEMORY_PARTS; part++)
            fds.push_back(rig_.data_plane().map_fd("xm_templates" + std::to_string(part)));
        return fds;
    }

    std::vector<xm_template_packet> handed_up() {
        std::vector<xm_template_packet> records;
        rings_.read([&](const xm_template_packet& record) { records.push_back(record); });
        return records;
    }

    static Packet in(const Bytes& payload, std::uint16_t port = 31756) {
        return mirrored().ipv4().udp({.dst = port}).payload(payload);
    }
    static Want out(const Bytes& payload) {
        return sends(delivered().ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                         .udp({.src = kExporterPort, .dst = kCollectorPort}).payload(payload), kFlows);
    }

    // It goes on, and is handed up from its IP header on.
    void expect_learned(const Bytes& payload) {
        EXPECT_TRUE(behaves(rig_, in(payload), out(payload).noting(XM_NOTE_TEMPLATES_SEEN)));
        expect_record(Packet().ipv4({.src = kExporter, .dst = kOldCollector})
                          .udp({.src = kExporterPort, .dst = 31756}).payload(payload).bytes(), 28, "flows");
    }
    void expect_record(const Bytes& packet, unsigned payload, const char* rule) {
        const auto records = handed_up();
        ASSERT_EQ(records.size(), 1U);
        EXPECT_EQ(records[0].rule, rig_.rule_row(rule));
        EXPECT_EQ(records[0].payload, payload);
        EXPECT_EQ(Bytes(records[0].packet, records[0].packet + records[0].bytes), packet);
    }
    void expect_unread(const Bytes& payload) {
        EXPECT_TRUE(behaves(rig_, in(payload), out(payload)));
        EXPECT_TRUE(handed_up().empty());
    }

    Rig rig_;
    TemplateRings rings_;
};

TEST_F(Templates, OfNetflow9AndIpfixAreHandedUp) {
    for (const unsigned id : {0U, 1U}) expect_learned(kHeader9 + templates(id));
    for (const unsigned id : {2U, 3U}) expect_learned(kHeader10 + templates(id));
}

TEST_F(Templates, AreFoundBehindData) {
    Bytes payload = kHeader9;
    for (int i = 0; i < 31; i++) payload = payload + kData;
    expect_learned(payload + templates(0));
    expect_unread(payload + kData + templates(0));  // the 33rd set
}

TEST_F(Templates, HaveOddLengthsToo) { expect_learned(kHeader9 + templates(0) + Bytes{7}); }

TEST_F(Templates, OtherPacketsAreNot) {
    expect_unread(kHeader9 + kData);
    expect_unread(kHeader10 + kData);
    expect_unread(words({5}) + Bytes(22) + templates(0));         // NetFlow v5
    expect_unread(words({0, 5}) + Bytes(24) + templates(0));      // sFlow v5
    expect_unread(kHeader9);
    expect_unread(kHeader9 + words({256, 3}) + templates(0));     // a set shorter than its header
    expect_unread(kHeader9 + words({256, 2000}) + templates(0));  // reaches beyond the packet
    expect_unread(words({9}));
    expect_unread(Bytes{9});
    expect_unread({});
}

TEST_F(Templates, OfIpv6AndOfTaggedPacketsAreToo) {
    const Bytes payload = kHeader10 + templates(2);
    EXPECT_TRUE(behaves(rig_, mirrored().ipv6().udp().payload(payload),
                        sends(delivered().ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
                                  .udp({.src = kExporterPort, .dst = kCollectorPort}).payload(payload), kFlows6)
                            .noting(XM_NOTE_TEMPLATES_SEEN)));
    expect_record(Packet().ipv6({.src = kExporter6, .dst = kOldCollector6})
                      .udp({.src = kExporterPort, .dst = 31756}).payload(payload).bytes(), 48, "flows6");
    EXPECT_TRUE(behaves(rig_, mirrored().vlan().ipv4({.options = Bytes{1, 1, 1, 0}}).udp().payload(payload),
                        sends(delivered().ipv4({.src = kExporter, .dst = kCollector, .ttl = 63, .options = Bytes{1, 1, 1, 0}})
                                  .udp({.src = kExporterPort, .dst = kCollectorPort}).payload(payload), kFlows)
                            .noting(XM_NOTE_TEMPLATES_SEEN)));
    expect_record(Packet().ipv4({.src = kExporter, .dst = kOldCollector, .options = Bytes{1, 1, 1, 0}})
                      .udp({.src = kExporterPort, .dst = 31756}).payload(payload).bytes(), 32, "flows");
}

TEST_F(Templates, OfARuleThatWantsNoneStayThere) {
    const Bytes payload = kHeader9 + templates(0);
    EXPECT_TRUE(behaves(rig_, in(payload, 2055),
                        sends(delivered().ipv4({.src = kExporter, .dst = ip4(100, 76, 20, 11), .ttl = 63})
                                  .udp({.src = kExporterPort, .dst = kCollectorPort}).payload(payload),
                              {"core", "unread", "quiet/100.76.20.11"})));
    EXPECT_TRUE(handed_up().empty());
}

TEST_F(Templates, InFragmentsAreNotLearned) {
    const Bytes payload = kHeader9 + templates(0);
    EXPECT_TRUE(behaves(rig_, mirrored().ipv4({.mf = true}).udp({.length = 72, .checksum = 0}).payload(payload),
                        sends(delivered().ipv4({.src = kExporter, .dst = kCollector, .ttl = 63, .mf = true})
                                  .udp({.src = kExporterPort, .dst = kCollectorPort, .length = 72, .checksum = 0})
                                  .payload(payload), kFlows)
                            .noting(XM_NOTE_FRAGMENT_FIRST)));
    EXPECT_TRUE(handed_up().empty());
}

TEST_F(Templates, AreMissedWhenTooLarge) {
    const auto room = XM_TEMPLATE_BYTES - 28 - kHeader9.size() - templates(0).size();
    Machine machine;
    machine.mtu = 9000;
    auto rig = Rig::make(kLearns.profile, machine);
    ASSERT_TRUE(rig);
    Bytes payload = kHeader9 + templates(0) + Bytes(room, 7);
    EXPECT_TRUE(behaves(*rig, in(payload), out(payload).noting(XM_NOTE_TEMPLATES_SEEN)));
    payload.push_back(7);
    EXPECT_TRUE(behaves(*rig, in(payload), out(payload).noting(XM_NOTE_TEMPLATES_MISSED)));
}

// More than the rings hold goes on all the same, and senders that share no part are not hurt.
TEST_F(Templates, AreMissedWhenNobodyReads) {
    const Bytes payload = kHeader9 + templates(0);
    const auto from = [&](std::uint8_t last) {
        return mirrored({.from = ip4(10, 0, 1, last)}).ipv4().udp().payload(payload);
    };
    const std::size_t room = XM_TEMPLATE_RING / (sizeof(xm_template_packet) + 8) - 1;  // never quite full
    for (std::size_t i = 0; i < room; i++)
        ASSERT_TRUE(behaves(rig_, from(1), out(payload).noting(XM_NOTE_TEMPLATES_SEEN))) << i;
    EXPECT_TRUE(behaves(rig_, from(1), out(payload).noting(XM_NOTE_TEMPLATES_MISSED)));
    std::size_t well = 0;
    for (std::uint8_t last = 2; last < 34; last++)
        well += behaves(rig_, from(last), out(payload).noting(XM_NOTE_TEMPLATES_SEEN)) ? 1U : 0U;
    EXPECT_GE(well, 20U);
    EXPECT_EQ(handed_up().size(), room + well);
    EXPECT_TRUE(behaves(rig_, from(1), out(payload).noting(XM_NOTE_TEMPLATES_SEEN)));
}

TEST_F(Templates, InAJumboFrameAreReadFromItsFirstBuffer) {
    Machine machine;
    machine.mtu = 9000;
    auto rig = Rig::make(kLearns.profile, machine);
    ASSERT_TRUE(rig);
    const Bytes early = kHeader9 + templates(0) + words({256, 5000}) + Bytes(4996, 1);
    EXPECT_TRUE(behaves(*rig, in(early), out(early).noting(XM_NOTE_TEMPLATES_MISSED)));
    const Bytes late = kHeader9 + words({256, 5000}) + Bytes(4996, 1) + templates(0);
    EXPECT_TRUE(behaves(*rig, in(late), out(late)));
}

}  // namespace
}  // namespace xdpmirror::test
