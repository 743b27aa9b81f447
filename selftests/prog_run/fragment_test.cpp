// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Inner fragments: the first is translated and remembered, later ones follow it to the same collector,
// and nothing that calls itself a fragment gets further than a whole packet would.
#include <bpf/bpf.h>

#include <array>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

const Accounts kCore{"core"};

const Setup kTwoRules{R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.1.0/24]}
  - {name: edge, vxlan: {vni: 7}, from: [10.0.1.0/24, 10.0.7.0/24]}
rules:
  - {name: flows6, match: {from: "2001:db8::/32", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {from: 0.0.0.0/0, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: other, match: {from: 0.0.0.0/0, port: 2055}, send: {to: second, port: 9000}}
  - {name: tcp, match: {from: 0.0.0.0/0, protocol: tcp, port: 443}, send: {to: second}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
  second: {collectors: [{address: 100.76.10.12}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml"};

// A datagram of the flow port in three pieces of 64, 64 and 21 bytes.
struct Datagram {
    std::uint16_t id = 1;
    std::uint32_t vni = kVni;
    IpAddress exporter = kExporter;
    std::uint16_t port = kFlowPort;
    IpAddress mirror = kMirror;

    Packet first() const {
        return mirrored({.vni = vni, .from = mirror})
            .ipv4({.src = exporter, .id = id, .mf = true})
            .udp({.dst = port, .length = 8 + 56 + 64 + 21, .checksum = 0x1234})
            .payload(56);
    }
    Packet later(std::uint16_t offset, bool more, std::size_t bytes) const {
        return mirrored({.vni = vni, .from = mirror})
            .ipv4({.src = exporter,
                   .id = id,
                   .mf = more,
                   .fragment_offset = offset,
                   .protocol = 17})
            .payload(bytes);
    }
    Packet second() const { return later(8, true, 64); }
    Packet last() const { return later(16, false, 21); }
};

// RFC 1624 over what a first fragment changes, done here once more.
std::uint16_t updated(std::uint16_t check, const IpAddress& old_to, const IpAddress& to,
                      std::uint16_t old_port, std::uint16_t port) {
    std::uint32_t sum = static_cast<std::uint16_t>(~check);
    const auto swap = [&sum](std::uint32_t before, std::uint32_t after) {
        sum += (~before & 0xffff) + after;
    };
    for (std::size_t i = 0; i < (to.family == Family::ipv4 ? 4U : 16U); i += 2)
        swap(static_cast<std::uint32_t>(old_to.bytes[i] << 8 | old_to.bytes[i + 1]),
             static_cast<std::uint32_t>(to.bytes[i] << 8 | to.bytes[i + 1]));
    swap(old_port, port);
    return static_cast<std::uint16_t>(~checksum_fold(sum));
}

struct Sent {
    IpAddress to = kCollector;
    std::uint16_t port = kCollectorPort;
    Accounts accounts = kFlows;

    Want first(const Datagram& d) const {
        return sends(delivered()
                         .ipv4({.src = d.exporter, .dst = to, .ttl = 63, .id = d.id, .mf = true})
                         .udp({.src = kExporterPort,
                               .dst = port,
                               .length = 8 + 56 + 64 + 21,
                               .checksum = updated(0x1234, kOldCollector, to, d.port, port)})
                         .payload(56),
                     accounts)
            .noting(XM_NOTE_FRAGMENT_FIRST);
    }
    Want later(const Datagram& d, std::uint16_t offset, bool more, std::size_t bytes) const {
        return sends(delivered()
                         .ipv4({.src = d.exporter,
                                .dst = to,
                                .ttl = 63,
                                .id = d.id,
                                .mf = more,
                                .fragment_offset = offset,
                                .protocol = 17})
                         .payload(bytes),
                     accounts)
            .noting(XM_NOTE_FRAGMENT_LATER);
    }
    Want second(const Datagram& d) const { return later(d, 8, true, 64); }
    Want last(const Datagram& d) const { return later(d, 16, false, 21); }
};

class Fragments : public testing::Test {
  protected:
    static Rig& rig() { return rig_for(kTwoRules); }
    static void expect(const Packet& in, const Want& want) {
        EXPECT_TRUE(behaves(rig(), in, want));
    }
    static Want no_first(const char* source = "core") {
        return drops(XM_DROP_FRAGMENT_NO_FIRST, {source});
    }
};

TEST_F(Fragments, LaterOnesFollowTheFirstInAnyOrder) {
    const Datagram d{.id = 100};
    expect(d.second(), no_first());
    expect(d.first(), Sent{}.first(d));
    expect(d.last(), Sent{}.last(d));
    expect(d.second(), Sent{}.second(d));
    expect(d.second(), Sent{}.second(d));  // the mirror may deliver twice
}

TEST_F(Fragments, AnotherDatagramIsAnother) {
    const Datagram d{.id = 200};
    expect(d.first(), Sent{}.first(d));
    expect(Datagram{.id = 201}.last(), no_first());
    expect(Datagram{.id = 200, .exporter = ip4(192, 168, 10, 2)}.last(), no_first());
    expect(Datagram{.id = 200, .vni = 7}.last(), no_first("edge"));
    expect(Datagram{.id = 200, .mirror = ip4(10, 0, 1, 11)}.last(), no_first());
    expect(mirrored()
               .ipv4({.dst = ip4(10, 50, 0, 6), .id = 200, .fragment_offset = 8, .protocol = 17})
               .payload(8),
           no_first());
    expect(mirrored().ipv4({.id = 200, .fragment_offset = 8, .protocol = 6}).payload(8),
           no_first());
    expect(d.last(), Sent{}.last(d));
}

TEST_F(Fragments, EachFollowsTheRuleOfItsFirst) {
    const Datagram a{.id = 300}, b{.id = 301, .port = 2055};
    const Sent to_second{kOtherCollector, 9000, {"core", "other", "second/100.76.10.12"}};
    expect(a.first(), Sent{}.first(a));
    expect(b.first(), to_second.first(b));
    expect(b.last(), to_second.last(b));
    expect(a.last(), Sent{}.last(a));
}

TEST_F(Fragments, AFirstThatNoRuleTakesIsNotRemembered) {
    const Datagram d{.id = 400, .port = 9};
    expect(d.first(), drops(XM_DROP_NO_RULE, kCore));
    expect(d.last(), no_first());
}

// A second first fragment is judged by itself; it cannot lend its port to what the first one opened
// more than a datagram of its own could.
TEST_F(Fragments, ARepeatedFirstIsMatchedAnew) {
    const Datagram d{.id = 500}, other{.id = 500, .port = 9};
    expect(d.first(), Sent{}.first(d));
    expect(other.first(), drops(XM_DROP_NO_RULE, kCore));
    expect(d.last(), Sent{}.last(d));
    const Datagram moved{.id = 500, .port = 2055};
    const Sent to_second{kOtherCollector, 9000, {"core", "other", "second/100.76.10.12"}};
    expect(moved.first(), to_second.first(moved));
    expect(d.last(), to_second.last(d));
}

TEST_F(Fragments, AreForgottenAfterAWhile) {
    const Datagram d{.id = 600};
    expect(d.first(), Sent{}.first(d));
    // make the memory old: the sender's part is one of several
    std::size_t aged = 0;
    for (int part = 0; part < XM_MEMORY_PARTS; part++) {
        const int fd = rig().data_plane().map_fd("xm_fragments" + std::to_string(part));
        xm_fragment_key key{};
        for (int err = bpf_map_get_next_key(fd, nullptr, &key); err == 0;
             err = bpf_map_get_next_key(fd, &key, &key)) {
            xm_fragment value{};
            ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), 0);
            value.seen_ns -= XM_FRAGMENT_LIFETIME_NS;
            ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_EXIST), 0);
            aged++;
        }
    }
    ASSERT_GT(aged, 0U);
    expect(d.last(), no_first());
    expect(d.first(), Sent{}.first(d));
    expect(d.last(), Sent{}.last(d));
}

TEST_F(Fragments, OfIpv6FollowByIdAlone) {
    const auto first = [](std::uint32_t id) {
        return mirrored()
            .ipv6()
            .ipv6_options()
            .ipv6_fragment({.more = true, .id = id})
            .udp({.length = 200, .checksum = 0x4321})
            .payload(16);
    };
    const auto later = [](std::uint32_t id, std::uint8_t next = 17) {
        return mirrored()
            .ipv6()
            .ipv6_options()
            .ipv6_fragment({.offset = 3, .id = id, .next_header = next})
            .payload(9);
    };
    const auto out = [] {
        return delivered()
            .ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
            .ipv6_options();
    };
    expect(later(1), no_first());
    expect(first(1),
           sends(out()
                     .ipv6_fragment({.more = true, .id = 1})
                     .udp({.src = kExporterPort,
                           .dst = kCollectorPort,
                           .length = 200,
                           .checksum = updated(0x4321, kOldCollector6, kCollector6, kFlowPort,
                                               kCollectorPort)})
                     .payload(16),
                 kFlows6)
               .noting(XM_NOTE_FRAGMENT_FIRST));
    expect(later(1), sends(out().ipv6_fragment({.offset = 3, .id = 1, .next_header = 17}).payload(9),
                           kFlows6)
                         .noting(XM_NOTE_FRAGMENT_LATER));
    // its next header may be anything: the first one's counts (RFC 8200 section 4.5)
    expect(later(1, 6),
           sends(out().ipv6_fragment({.offset = 3, .id = 1, .next_header = 6}).payload(9), kFlows6)
               .noting(XM_NOTE_FRAGMENT_LATER));
    expect(later(2), no_first());
}

TEST_F(Fragments, InTags) {
    const Packet first = mirrored().vlan().ipv4({.id = 700, .mf = true}).udp().payload(56);
    EXPECT_TRUE(behaves(rig(), first,
                        sends(delivered()
                                  .ipv4({.src = kExporter,
                                         .dst = kCollector,
                                         .ttl = 63,
                                         .id = 700,
                                         .mf = true})
                                  .udp({.src = kExporterPort, .dst = kCollectorPort})
                                  .payload(56),
                              kFlows)
                            .noting(XM_NOTE_FRAGMENT_FIRST)));
    const Datagram d{.id = 700};
    expect(d.last(), Sent{}.last(d));
}

TEST_F(Fragments, OfTcpDoNotOverwriteItsHeader) {
    const auto later = [](std::uint16_t offset) {
        return mirrored()
            .ipv4({.id = 800, .fragment_offset = offset, .protocol = 6})
            .payload(24);
    };
    const Accounts tcp{"core", "tcp", "second/100.76.10.12"};
    EXPECT_TRUE(behaves(rig(), mirrored().ipv4({.id = 800, .mf = true}).tcp().payload(4),
                        sends(delivered()
                                  .ipv4({.src = kExporter,
                                         .dst = kOtherCollector,
                                         .ttl = 63,
                                         .id = 800,
                                         .mf = true})
                                  .tcp()
                                  .payload(4),
                              tcp)
                            .noting(XM_NOTE_FRAGMENT_FIRST)));
    expect(later(1), drops(XM_DROP_FRAGMENT_MALFORMED, kCore));
    expect(later(3), sends(delivered()
                               .ipv4({.src = kExporter,
                                      .dst = kOtherCollector,
                                      .ttl = 63,
                                      .id = 800,
                                      .fragment_offset = 3,
                                      .protocol = 6})
                               .payload(24),
                           tcp)
                         .noting(XM_NOTE_FRAGMENT_LATER));
}

std::vector<PacketCase> hostile() {
    const Want malformed = drops(XM_DROP_FRAGMENT_MALFORMED, kCore);
    const auto v4 = [](Ipv4 ip, std::size_t bytes) {
        ip.protocol = 17;
        return mirrored().ipv4(ip).payload(bytes);
    };
    const auto v6 = [](Ipv6Fragment fragment, std::size_t bytes) {
        fragment.next_header = 17;
        return mirrored().ipv6().ipv6_fragment(fragment).payload(bytes);
    };
    return {
        {"tiny first", &kTwoRules, v4({.mf = true}, 0), malformed},
        {"first without a whole UDP header", &kPlain,
         mirrored().ipv4({.mf = true, .total_length = 27, .protocol = 17}).payload(7), malformed},
        {"tiny TCP first", &kTwoRules,
         mirrored().ipv4({.mf = true, .protocol = 6}).payload(16), malformed},
        {"first that is no multiple of 8", &kPlain, mirrored().ipv4({.mf = true}).udp().payload(9),
         malformed},
        {"middle that is no multiple of 8", &kPlain, v4({.mf = true, .fragment_offset = 8}, 12),
         malformed},
        {"middle without payload", &kPlain, v4({.mf = true, .fragment_offset = 8}, 0), malformed},
        {"beyond the largest packet", &kPlain, v4({.fragment_offset = 0x1fff}, 16), malformed},
        {"up to the largest packet", &kPlain, v4({.id = 901, .fragment_offset = 0x1ffd}, 3),
         drops(XM_DROP_FRAGMENT_NO_FIRST, kCore)},
        {"one byte beyond it, by its header", &kPlain,
         v4({.fragment_offset = 0x1ffc, .options = Bytes(4, 1)}, 8), malformed},
        {"IPv6 beyond the largest packet", &kPlain, v6({.offset = 0x1fff}, 8), malformed},
        {"IPv6 up to the largest packet", &kPlain, v6({.offset = 0x1fff}, 7),
         drops(XM_DROP_FRAGMENT_NO_FIRST, kCore)},
        {"IPv6 first without a whole UDP header", &kPlain, v6({.more = true}, 0), malformed},
        {"IPv6 middle that is no multiple of 8", &kPlain, v6({.offset = 4, .more = true}, 9),
         malformed},
        {"first with a UDP length below the header", &kPlain,
         mirrored().ipv4({.mf = true}).udp({.length = 7}).payload(16),
         drops(XM_DROP_INNER_MALFORMED, kCore)},
        {"of another protocol", &kPlain, mirrored().ipv4({.mf = true}).tcp().payload(4),
         drops(XM_DROP_INNER_NOT_UDP, kCore)},
        {"later, of another protocol", &kPlain,
         mirrored().ipv4({.fragment_offset = 8, .protocol = 1}).payload(4),
         drops(XM_DROP_INNER_NOT_UDP, kCore)},
        {"truncated", &kPlain,
         mirrored({.packet_length = 14 + 28 + 40}).ipv4({.mf = true}).udp().payload(48),
         drops(XM_DROP_INNER_TRUNCATED, kCore).cut()},
        {"of a tunnel inside", &kPlain,
         mirrored().ipv4({.mf = true}).udp({.dst = kVxlanPort}).payload(64),
         drops(XM_DROP_NESTED_TUNNEL, kCore)},
    };
}

INSTANTIATE_TEST_SUITE_P(HostileFragments, PacketTest, testing::ValuesIn(hostile()), test_name);

}  // namespace
}  // namespace xdpmirror::test
