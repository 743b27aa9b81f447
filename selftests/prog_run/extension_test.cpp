// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Tags and IPv6 extension headers of the mirrored frame: those that may be skipped are, and the packet
// leaves with its extension headers and without its tags.
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Accounts kCore{"core"};

Packet with_options(Packet ip, std::size_t count, std::uint8_t extra_words = 0) {
    for (std::size_t i = 0; i < count; i++) ip = ip.ipv6_options({.extra_words = extra_words});
    return ip;
}

Packet delivered_with_options(std::size_t count, std::uint8_t extra_words = 0) {
    return with_options(delivered().ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63}),
                        count, extra_words)
        .udp({.src = kExporterPort, .dst = kCollectorPort})
        .payload(16);
}

std::vector<PacketCase> tags() {
    return {
        {"one tag", &kPlain, mirrored().vlan().ipv4().udp().payload(48),
         sends(delivered4(), kFlows)},
        {"two tags", &kPlain, mirrored().vlan({.tpid = 0x88a8}).vlan().ipv4().udp().payload(48),
         sends(delivered4(), kFlows)},
        {"one tag before IPv6", &kPlain, mirrored().vlan().ipv6().udp().payload(48),
         sends(delivered6(), kFlows6)},
        {"two tags and padding", &kPlain,
         mirrored({.padding = 30}).vlan().vlan().ipv6().udp().payload(48),
         sends(delivered6(), kFlows6)},
        {"tags outside and inside", &kPlain,
         Packet()
             .eth()
             .vlan()
             .vlan()
             .ipv6()
             .ipv6_options()
             .udp({.checksum = 0})
             .vxlan()
             .eth()
             .vlan()
             .vlan()
             .ipv4()
             .udp()
             .payload(48),
         sends(delivered4(), kFlows)},
    };
}

std::vector<PacketCase> extensions() {
    const auto hop_by_hop = Ipv6Options::Kind::hop_by_hop;
    const auto next = [](std::uint8_t header) {
        return mirrored().ipv6({.next_header = header}).ipv6_options().udp().payload(16);
    };
    const Want extension = drops(XM_DROP_INNER_EXTENSION, kCore);
    const Want malformed = drops(XM_DROP_INNER_MALFORMED, kCore);
    return {
        {"destination options", &kPlain,
         with_options(mirrored().ipv6(), 1).udp().payload(16),
         sends(delivered_with_options(1), kFlows6)},
        {"hop-by-hop options", &kPlain,
         mirrored().ipv6().ipv6_options({.kind = hop_by_hop}).udp().payload(16),
         sends(delivered()
                   .ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
                   .ipv6_options({.kind = hop_by_hop})
                   .udp({.src = kExporterPort, .dst = kCollectorPort})
                   .payload(16),
               kFlows6)},
        {"six options headers", &kPlain, with_options(mirrored().ipv6(), 6).udp().payload(16),
         sends(delivered_with_options(6), kFlows6)},
        {"long options", &kPlain, with_options(mirrored().ipv6(), 2, 60).udp().payload(16),
         sends(delivered_with_options(2, 60), kFlows6)},
        {"options behind a tag", &kPlain,
         with_options(mirrored().vlan().ipv6(), 3).udp().payload(16),
         sends(delivered_with_options(3), kFlows6)},
        {"seven options headers", &kPlain, with_options(mirrored().ipv6(), 7).udp().payload(16),
         extension},
        {"routing header", &kPlain, next(43), extension},
        {"authentication header", &kPlain, next(51), extension},
        {"mobility header", &kPlain, next(135), extension},
        {"routing header behind options", &kPlain,
         mirrored().ipv6().ipv6_options({.next_header = 43}).ipv6_options().udp(), extension},
        {"a fragment header that says the packet is whole", &kPlain,
         mirrored().ipv6().ipv6_fragment().udp().payload(16),
         sends(delivered()
                   .ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
                   .ipv6_fragment()
                   .udp({.src = kExporterPort, .dst = kCollectorPort})
                   .payload(16),
               kFlows6)},
        {"two fragment headers", &kPlain,
         mirrored().ipv6().ipv6_fragment().ipv6_fragment().udp().payload(16), extension},
        {"options header longer than the packet", &kPlain,
         mirrored().ipv6({.next_header = 60}).payload(Bytes{17, 2, 1, 4, 0, 0, 0, 0, 1, 20}),
         malformed},
        {"options header without its first 8 bytes", &kPlain,
         mirrored().ipv6({.next_header = 60}).payload(Bytes{17, 0, 1, 4, 0, 0, 0}), malformed},
        {"fragment header cut short", &kPlain,
         mirrored().ipv6({.next_header = 44}).payload(Bytes{17, 0, 0, 1}), malformed},
        {"options up to the end of the packet", &kPlain,
         mirrored().ipv6({.next_header = 60}).payload(Bytes{17, 0, 1, 4, 0, 0, 0, 0}), malformed},
        {"TCP behind options", &kPlain, with_options(mirrored().ipv6(), 1).tcp(),
         drops(XM_DROP_INNER_NOT_UDP, kCore)},
    };
}

INSTANTIATE_TEST_SUITE_P(InnerTags, PacketTest, testing::ValuesIn(tags()), test_name);
INSTANTIATE_TEST_SUITE_P(InnerExtensions, PacketTest, testing::ValuesIn(extensions()), test_name);

}  // namespace
}  // namespace xdpmirror::test
