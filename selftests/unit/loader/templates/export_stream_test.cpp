// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Packets as bytes, both ways: what is handed up is read, and what is written is read by scapy's rules in
// selftests/support/packet.h.
#include "loader/templates/export_stream.h"

#include <gtest/gtest.h>

#include <cstring>

#include "loader/templates/datagram.h"
#include "maps/flow_hash.h"
#include "selftests/support/packet.h"
#include "selftests/unit/loader/templates/messages.h"

namespace xdpmirror::test {
namespace {

xm_template_packet record_of(const Bytes& packet, std::size_t payload) {
    xm_template_packet record{};
    record.rule = 3;
    record.bytes = static_cast<__u16>(packet.size());
    record.payload = static_cast<__u16>(payload);
    std::memcpy(record.packet, packet.data(), packet.size());
    return record;
}

TEST(ExportStream, ReadsBothFamilies) {
    const Bytes payload = netflow9(1, set(0, kTemplate));
    const auto packet4 = Packet().ipv4({.src = kExporter, .dst = kOldCollector, .ttl = 61, .dscp = 46})
                             .udp({.src = 50000, .dst = 2055}).payload(payload).bytes();
    const auto record4 = record_of(packet4, 28);
    const auto read4 = read_template_packet(record4);
    ASSERT_TRUE(read4);
    EXPECT_EQ(read4->stream.rule, 3U);
    EXPECT_EQ(read4->stream.from, kExporter);
    EXPECT_EQ(read4->stream.to, kOldCollector);
    EXPECT_EQ(read4->stream.from_port, 50000);
    EXPECT_EQ(read4->stream.to_port, 2055);
    EXPECT_EQ(read4->hops, 61);
    EXPECT_EQ(read4->tos, 0xb8);
    EXPECT_EQ(Bytes(read4->payload.begin(), read4->payload.end()), payload);

    const auto packet6 = Packet().ipv6({.src = kExporter6, .dst = kOldCollector6, .hop_limit = 62, .dscp = 46})
                             .udp({.src = 50000, .dst = 4739}).payload(payload).bytes();
    const auto record6 = record_of(packet6, 48);
    const auto read6 = read_template_packet(record6);
    ASSERT_TRUE(read6);
    EXPECT_EQ(read6->stream.from, kExporter6);
    EXPECT_EQ(read6->stream.to, kOldCollector6);
    EXPECT_EQ(read6->hops, 62);
    EXPECT_EQ(read6->tos, 0xb8);
    EXPECT_EQ(Bytes(read6->payload.begin(), read6->payload.end()), payload);
}

TEST(ExportStream, RefusesRecordsThatContradictThemselves) {
    const auto packet = Packet().ipv4().udp().payload(20).bytes();
    EXPECT_TRUE(read_template_packet(record_of(packet, 28)));
    EXPECT_FALSE(read_template_packet(record_of(packet, 20)));
    EXPECT_FALSE(read_template_packet(record_of(packet, packet.size() + 1)));
    EXPECT_FALSE(read_template_packet(record_of(Bytes(packet.begin(), packet.begin() + 30), 28)));
    EXPECT_FALSE(read_template_packet(record_of(Bytes(packet.begin(), packet.begin() + 10), 8)));
    EXPECT_FALSE(read_template_packet(record_of(Packet().ipv6().udp().payload(20).bytes(), 28)));
}

TEST(ExportStream, HasTheSlotOfTheDataPlane) {
    ExportStream stream;
    stream.from = kExporter;
    stream.to = kOldCollector;
    stream.from_port = 50000;
    stream.to_port = 2055;
    __be32 from[4], to[4];
    std::memcpy(from, stream.from.bytes.data(), sizeof(from));
    std::memcpy(to, stream.to.bytes.data(), sizeof(to));
    EXPECT_EQ(slot_of(stream, Balance::exporter, 65537), xm_flow_slot(xm_flow_by_exporter(XM_IPV4, from), 65537));
    EXPECT_EQ(slot_of(stream, Balance::exporter_port, 65537),
              xm_flow_slot(xm_flow_by_exporter_port(XM_IPV4, from, 50000), 65537));
    EXPECT_EQ(slot_of(stream, Balance::flow, 65537),
              xm_flow_slot(xm_flow_by_tuple(XM_IPV4, from, to, 50000, 2055, 17), 65537));
}

TEST(Datagram, IsWhatTheIndependentBuilderMakes) {
    for (const std::size_t size : {0U, 1U, 47U, 48U}) {
        Bytes payload(size);
        for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::uint8_t>(i);
        EXPECT_EQ(write_datagram({kExporter, kCollector, 50000, 8081, 61, 0xb8}, payload),
                  Packet().ipv4({.src = kExporter, .dst = kCollector, .ttl = 61, .dscp = 46, .id = 0, .df = true})
                      .udp({.src = 50000, .dst = 8081}).payload(payload).bytes());
        EXPECT_EQ(write_datagram({kExporter6, kCollector6, 50000, 8081, 61, 0xb8}, payload),
                  Packet().ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 61, .dscp = 46})
                      .udp({.src = 50000, .dst = 8081}).payload(payload).bytes());
    }
}

}  // namespace
}  // namespace xdpmirror::test
