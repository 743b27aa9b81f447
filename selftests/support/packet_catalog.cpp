// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Prints named packets, "name hex" a line, for packet_scapy.py, which builds the same names with an
// independent encoder: every layer and every field of the builder appears at least once.
#include <cstdio>
#include <utility>
#include <vector>

#include "selftests/support/packet.h"

using namespace xdpmirror::test;

namespace {

using Named = std::pair<const char*, Packet>;

std::vector<Named> plain_packets() {
    return {
        {"udp4", Packet().eth().ipv4().udp().payload(32)},
        {"udp4_empty", Packet().eth().ipv4().udp()},
        {"udp4_odd", Packet().eth().ipv4().udp().payload(7)},
        {"udp4_sum_zero", Packet().eth().ipv4().udp({.checksum = 0}).payload(32)},
        {"udp4_sum_wrong", Packet().eth().ipv4().udp({.checksum = 0xbeef}).payload(32)},
        {"udp4_computed_ffff",
         Packet().eth().ipv4().udp({.src = 0, .dst = 0}).payload(Bytes{0xe8, 0xbc})},
        {"udp4_fields", Packet()
                            .eth({.dst = kNextHopMac, .src = kNodeEgressMac})
                            .ipv4({.src = kExporter,
                                   .dst = kCollector,
                                   .ttl = 3,
                                   .dscp = 46,
                                   .ecn = 1,
                                   .id = 0xfedc,
                                   .df = true})
                            .udp({.src = 1, .dst = 65535})
                            .payload(100)},
        {"udp4_options",
         Packet().eth().ipv4({.options = {0x94, 4, 0, 0, 1, 1, 1, 0}}).udp().payload(9)},
        {"udp4_first_fragment", Packet().eth().ipv4({.mf = true}).udp().payload(16)},
        {"udp4_later_fragment",
         Packet().eth().ipv4({.fragment_offset = 3, .protocol = 17}).payload(16)},
        {"udp4_wrong_lengths",
         Packet().eth().ipv4({.total_length = 9000}).udp({.length = 4}).payload(16)},
        {"udp4_wrong_header",
         Packet()
             .eth({.type = 0x1234})
             .ipv4({.version = 5, .ihl = 7, .protocol = 99, .checksum = 0x1111})
             .udp()
             .payload(16)},
        {"udp4_padded", Packet().eth({.padding = 14}).ipv4().udp().payload(4)},
        {"udp4_trailing", Packet().eth().ipv4().udp().payload(32).trailing(5)},
        {"udp4_cut", Packet().eth().ipv4().udp().payload(32).cut(40)},
        {"udp6", Packet().eth().ipv6().udp().payload(33)},
        {"udp6_fields", Packet()
                            .eth()
                            .ipv6({.src = kExporter6,
                                   .dst = kCollector6,
                                   .hop_limit = 1,
                                   .dscp = 10,
                                   .ecn = 2,
                                   .flow_label = 0xabcde})
                            .udp({.src = 2055, .dst = 9995})
                            .payload(64)},
        {"udp6_wrong_header", Packet()
                                  .eth()
                                  .ipv6({.version = 4, .payload_length = 3, .next_header = 59})
                                  .udp()
                                  .payload(8)},
        {"udp6_hop_by_hop",
         Packet()
             .eth()
             .ipv6()
             .ipv6_options({.kind = Ipv6Options::Kind::hop_by_hop, .extra_words = 1})
             .udp()
             .payload(8)},
        {"udp6_destination", Packet().eth().ipv6().ipv6_options().udp().payload(8)},
        {"udp6_fragment",
         Packet().eth().ipv6().ipv6_fragment({.more = true, .id = 99}).udp().payload(8)},
        {"udp6_later_fragment",
         Packet().eth().ipv6().ipv6_fragment({.offset = 5, .next_header = 17}).payload(8)},
        {"tcp4", Packet().eth().ipv4().tcp()},
        {"tcp4_fields", Packet()
                            .eth()
                            .ipv4()
                            .tcp({.src = 1,
                                  .dst = 22,
                                  .seq = 0x01020304,
                                  .ack = 0x05060708,
                                  .flags = 0x18,
                                  .window = 5})
                            .payload(11)},
        {"tcp6", Packet().eth().ipv6().tcp({.dst = 22}).payload(5)},
        {"icmp4", Packet().eth().ipv4().icmp({.id = 3, .sequence = 4}).payload(21)},
        {"icmp6", Packet().eth().ipv6().icmp().payload(21)},
        {"arp", Packet().eth().arp()},
        {"arp_reply", Packet().eth().arp({.operation = 2,
                                          .sender_mac = kNodeMac,
                                          .sender = kNode,
                                          .target_mac = kMirrorMac,
                                          .target = kMirror})},
        {"vlan4", Packet().eth().vlan({.id = 5, .priority = 3}).ipv4().udp().payload(10)},
        {"qinq6", Packet()
                      .eth()
                      .vlan({.id = 7, .tpid = 0x88a8})
                      .vlan({.id = 4094})
                      .ipv6()
                      .udp()
                      .payload(10)},
    };
}

std::vector<Named> tunnelled_packets() {
    return {
        {"vxlan4_udp4", mirrored().ipv4().udp().payload(48)},
        {"geneve4_vxlan4_udp4", Packet()
                                    .eth()
                                    .ipv4({.src = kBalancer})
                                    .udp({.src = 40001, .checksum = 0})
                                    .geneve({.options = Bytes{0x01, 0x08, 0x01, 0x02, 1, 2, 3, 4,
                                                              5, 6, 7, 8},
                                             .vni = 0x0a0b0c})
                                    .ipv4()
                                    .udp({.checksum = 0})
                                    .vxlan()
                                    .eth()
                                    .ipv4()
                                    .udp()
                                    .payload(20)},
        {"vxlan4_udp6", mirrored({.vni = 1}).ipv6().udp().payload(48)},
        {"vxlan6_udp4", mirrored({.vni = 0xffffff, .from = kMirror6}).ipv4().udp().payload(48)},
        {"vxlan6_udp6", mirrored({.from = kMirror6}).ipv6().udp().payload(48)},
        {"vxlan4_outer_sum", Packet()
                                 .eth()
                                 .ipv4({.ttl = 255, .df = true})
                                 .udp({.src = 33333})
                                 .vxlan({.vni = 9})
                                 .eth()
                                 .ipv4()
                                 .udp()
                                 .payload(20)},
        {"vxlan6_outer_sum", Packet().eth().ipv6().udp().vxlan().eth().ipv6().udp().payload(20)},
        {"vxlan4_outer_options", Packet()
                                     .eth()
                                     .ipv4({.options = {1, 1, 1, 0}})
                                     .udp({.checksum = 0})
                                     .vxlan()
                                     .eth()
                                     .ipv4()
                                     .udp()
                                     .payload(20)},
        {"vxlan4_reserved",
         Packet()
             .eth()
             .ipv4()
             .udp({.checksum = 0})
             .vxlan({.vni = 0x123456, .flags = 0xff, .reserved1 = 0xabcdef, .reserved2 = 0x99})
             .eth()
             .ipv4()
             .udp()
             .payload(20)},
        {"vxlan4_inner_vlan", mirrored().vlan({.id = 30}).ipv4().udp().payload(20)},
        {"vxlan4_inner_arp", mirrored().arp({.sender = kExporter, .target = kOldCollector})},
        {"vxlan4_inner_tcp", mirrored().ipv4().tcp().payload(3)},
        {"vxlan4_inner_icmp6", mirrored().ipv6().icmp().payload(3)},
        {"vxlan4_padded", mirrored({.padding = 18}).ipv4().udp().payload(1)},
        {"vxlan4_truncated", mirrored({.packet_length = 60}).ipv4().udp().payload(200)},
        {"delivered4", delivered()
                           .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
                           .udp({.src = kExporterPort, .dst = kCollectorPort})
                           .payload(48)},
        {"udp4_jumbo", mirrored().ipv4().udp().payload(8900)},
    };
}

void print(const std::vector<Named>& packets) {
    for (const auto& [name, packet] : packets) {
        std::printf("%s ", name);
        for (const std::uint8_t byte : packet.bytes()) std::printf("%02x", byte);
        std::printf("\n");
    }
}

}  // namespace

int main() {
    print(plain_packets());
    print(tunnelled_packets());
    return 0;
}
