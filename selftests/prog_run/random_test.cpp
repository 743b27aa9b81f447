// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Properties over thousands of random frames. The delivered frame is built from nothing with fully
// computed checksums, so an incremental sum that is wrong for one value in 65536 shows.
#include <arpa/inet.h>
#include <linux/bpf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

#include "selftests/prog_run/books_check.h"
#include "selftests/prog_run/setups.h"
#include "selftests/support/packet_diff.h"

namespace xdpmirror::test {
namespace {

class Dice {
  public:
    explicit Dice(std::uint32_t seed) : random_(seed) {}

    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(random_()) % bound;
    }
    bool one_in(std::uint32_t n) { return below(n) == 0; }
    std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }

    // Ports and address words that sums trip over come up often.
    std::uint16_t word() {
        constexpr std::uint16_t kEdges[] = {0, 1, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff};
        return one_in(3) ? kEdges[below(8)] : static_cast<std::uint16_t>(below(65536));
    }
    std::uint16_t port() {
        const std::uint16_t value = word();
        return value == 0 ? 1 : value;
    }
    IpAddress address(bool v6) {
        IpAddress address;
        address.family = v6 ? Family::ipv6 : Family::ipv4;
        for (std::size_t i = 0; i < (v6 ? 16U : 4U); i += 2) {
            const std::uint16_t value = word();
            address.bytes[i] = static_cast<std::uint8_t>(value >> 8);
            address.bytes[i + 1] = static_cast<std::uint8_t>(value & 0xff);
        }
        return address;
    }
    // An inner source that is on some wire, and not the node's.
    IpAddress source(bool v6) {
        IpAddress source = address(v6);
        if (v6)
            source.bytes[0] = static_cast<std::uint8_t>(0x20 | (source.bytes[0] & 0x1f));
        else
            source.bytes[0] = static_cast<std::uint8_t>(11 + source.bytes[0] % 100);
        return source;
    }
    Bytes bytes(std::size_t size) {
        Bytes out(size);
        for (auto& b : out) b = byte();
        return out;
    }

  private:
    std::mt19937 random_;
};

// One rule for each family, served by collectors whose rows the test rewrites for each frame.
constexpr const char* kOpenProfile = R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}}
rules:
  - {name: flows6, match: {from: "::/0"}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {from: 0.0.0.0/0}, send: {to: fdi, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";

void set_collector(const Rig& rig, bool v6, const IpAddress& address) {
    const std::uint32_t row = rig.collector_row(v6 ? kFdi6 : kFdi);
    auto collector = array_get<xm_collector>(rig.data_plane().map_fd("xm_collectors"), row);
    ASSERT_TRUE(collector);
    std::memcpy(collector->addr, address.bytes.data(), v6 ? 16 : 4);
    ASSERT_TRUE(rig.poke("xm_collectors", row, *collector));
}

template <class Row>
void set_port_in(const Rig& rig, const char* map, std::vector<Row> rows, std::uint16_t port) {
    for (std::uint32_t i = 0; i < rows.size(); i++) {
        rows[i].rule.udp_port = htons(port);
        ASSERT_TRUE(rig.poke(map, i, rows[i]));
    }
}

struct Exchange {
    Packet in;
    Packet out;
};

// A payload with which the delivered UDP sum comes out as 0 (sent as 0xffff), or just any. `build`
// makes the delivered frame, whose UDP checksum is at `checksum_at`.
template <class Build>
Bytes random_payload(Dice& dice, std::size_t checksum_at, Build build) {
    if (!dice.one_in(8)) return dice.bytes(dice.below(dice.one_in(10) ? 1400 : 64));
    Bytes payload = dice.bytes(2 * dice.below(30));
    payload.insert(payload.end(), 2, 0);
    const Bytes frame = build(payload).bytes();
    std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(checksum_at), 2, payload.end() - 2);
    return payload;
}

Exchange random_exchange4(Dice& dice, const IpAddress& to, std::uint16_t to_port) {
    Ipv4 ip;
    ip.src = dice.source(false);
    ip.dst = dice.address(false);
    ip.ttl = static_cast<std::uint8_t>(2 + dice.below(254));
    ip.dscp = static_cast<std::uint8_t>(dice.below(64));
    ip.ecn = static_cast<std::uint8_t>(dice.below(4));
    ip.id = dice.word();
    ip.df = dice.one_in(2);
    if (dice.one_in(4)) ip.options = dice.bytes(4U * (1 + dice.below(10)));
    Udp udp{.src = dice.word(), .dst = dice.word()};
    if (udp.dst == kVxlanPort) udp.dst = 1;
    if (dice.one_in(5)) udp.checksum = 0;
    Ipv4 out_ip = ip;
    out_ip.dst = to;
    out_ip.ttl--;
    Udp out_udp = udp;
    out_udp.dst = to_port;
    const Packet out = delivered().ipv4(out_ip).udp(out_udp);
    const Bytes payload = random_payload(dice, 14 + 20 + ip.options.size() + 6,
                                         [&](const Bytes& bytes) { return out.payload(bytes); });
    return {mirrored({.padding = dice.below(3) * 9}).ipv4(ip).udp(udp).payload(payload),
            out.payload(payload)};
}

Exchange random_exchange6(Dice& dice, const IpAddress& to, std::uint16_t to_port) {
    Ipv6 ip;
    ip.src = dice.source(true);
    ip.dst = dice.address(true);
    ip.hop_limit = static_cast<std::uint8_t>(2 + dice.below(254));
    ip.dscp = static_cast<std::uint8_t>(dice.below(64));
    ip.flow_label = dice.below(1U << 20);
    Udp udp{.src = dice.word(), .dst = dice.word()};
    if (udp.dst == kVxlanPort) udp.dst = 1;
    if (dice.one_in(5)) udp.checksum = 0;
    Ipv6 out_ip = ip;
    out_ip.dst = to;
    out_ip.hop_limit--;
    Udp out_udp = udp;
    out_udp.dst = to_port;
    const Packet out = delivered().ipv6(out_ip).udp(out_udp);
    const Bytes payload =
        random_payload(dice, 14 + 40 + 6, [&](const Bytes& bytes) { return out.payload(bytes); });
    return {mirrored({.padding = dice.below(3) * 9}).ipv6(ip).udp(udp).payload(payload),
            out.payload(payload)};
}

TEST(RandomFrames, LeaveWithTheSumsThatAFullComputationGives) {
    auto rig = Rig::make(kOpenProfile);
    ASSERT_TRUE(rig) << rig.error().what;
    const auto rules4 = rig->rows<xm_rule_row4>("xm_rules4");
    const auto rules6 = rig->rows<xm_rule_row6>("xm_rules6");
    Dice dice(20240503);
    for (int i = 0; i < 6000; i++) {
        const bool v6 = dice.one_in(3);
        IpAddress to = dice.address(v6);
        to.bytes[1] ^= 0x55;  // hardly ever where the packet goes already
        const std::uint16_t port = dice.port();
        set_collector(*rig, v6, to);
        set_port_in(*rig, "xm_rules4", rules4, port);
        set_port_in(*rig, "xm_rules6", rules6, port);
        const Exchange exchange =
            v6 ? random_exchange6(dice, to, port) : random_exchange4(dice, to, port);
        const Accounts accounts =
            v6 ? Accounts{"core", "flows6", kFdi6} : Accounts{"core", "flows", kFdi};
        ASSERT_TRUE(behaves(*rig, exchange.in, sends(exchange.out, accounts))) << "frame " << i;
    }
}

// Frames with random damage. Whatever happens, it is one of: to the kernel as it came, dropped for
// one reason that is not INTERNAL, or delivered with everything of the exporter's in place.
Bytes damaged(Dice& dice, Bytes frame) {
    const std::uint32_t hits = 1 + dice.below(4);
    for (std::uint32_t i = 0; i < hits; i++) {
        const std::size_t header = std::min<std::size_t>(frame.size(), 130);
        const std::uint32_t at = dice.below(static_cast<std::uint32_t>(header));
        frame[at] = dice.one_in(2) ? dice.byte()
                                   : static_cast<std::uint8_t>(frame[at] ^ 1U << dice.below(8));
    }
    if (dice.one_in(8)) frame.resize(std::max<std::size_t>(14, dice.below(200)));
    return frame;
}

// The delivered frame is the inner one of `in` behind a new Ethernet header: source address, source
// port and payload as they came. Offsets are asked of the delivered frame alone.
std::string source_violation(const Bytes& in, const Bytes& out) {
    const bool v6 = out.at(12) == 0x86;
    const std::size_t source = v6 ? 14 + 8 : 14 + 12;
    const std::size_t size = v6 ? 16 : 4;
    const std::size_t udp = v6 ? 14 + 40 : 14 + 4U * (out.at(14) & 0xf);
    const auto found = std::search(in.begin(), in.end(), out.begin() + static_cast<long>(source),
                                   out.begin() + static_cast<long>(source + size));
    if (found == in.end()) return "source address is not that of the frame";
    const std::size_t shift = static_cast<std::size_t>(found - in.begin()) - source;
    for (std::size_t at = udp; at < out.size(); at++) {
        const bool port_or_sum = (at >= udp + 2 && at < udp + 4) || (at >= udp + 6 && at < udp + 8);
        if (!port_or_sum && in.at(at + shift) != out[at])
            return "byte " + std::to_string(at) + " of the delivered frame was changed";
    }
    return "";
}

TEST(DamagedFrames, AreServedCountedOrLeftAlone) {
    const Rig& rig = rig_for(kPlain);
    Dice dice(20240504);
    const Bytes whole[] = {
        flow4().bytes(), flow6().bytes(),
        mirrored({.from = kMirror6}).ipv4({.options = Bytes(8, 1)}).udp().payload(48).bytes(),
        mirrored({.from = kMirror6, .padding = 20}).ipv6().udp().payload(48).bytes()};
    std::array<std::size_t, 5> verdicts{};
    auto before = rig.books();
    ASSERT_TRUE(before);
    for (int i = 0; i < 20000; i++) {
        const Bytes in = damaged(dice, whole[dice.below(4)]);
        auto outcome = rig.run(in);
        ASSERT_TRUE(outcome) << outcome.error().what;
        ASSERT_LE(static_cast<unsigned>(outcome->verdict), 4U);
        verdicts[static_cast<std::size_t>(outcome->verdict)]++;
        if (outcome->verdict == XDP_PASS) {
            ASSERT_EQ(outcome->frame, in) << "frame " << i;
        } else if (outcome->verdict == XDP_REDIRECT) {
            ASSERT_EQ(source_violation(in, outcome->frame), "")
                << "frame " << i << "\nin:  " << hex(in.data(), in.size())
                << "\nout: " << hex(outcome->frame.data(), outcome->frame.size());
        }
    }
    auto after = rig.books();
    ASSERT_TRUE(after);
    EXPECT_EQ(conservation_violation(*after), "");
    EXPECT_EQ(verdicts[XDP_ABORTED], 0U);
    EXPECT_EQ(verdicts[XDP_TX], 0U);
    EXPECT_EQ(after->passed().packets - before->passed().packets, verdicts[XDP_PASS]);
    EXPECT_EQ(after->dropped().packets - before->dropped().packets, verdicts[XDP_DROP]);
    EXPECT_EQ(after->delivered.packets - before->delivered.packets, verdicts[XDP_REDIRECT]);
    EXPECT_EQ(after->drops[XM_DROP_INTERNAL].packets, before->drops[XM_DROP_INTERNAL].packets);
    EXPECT_EQ(after->drops[XM_DROP_NONE].packets, 0U);
    for (const int verdict : {XDP_PASS, XDP_DROP, XDP_REDIRECT})
        EXPECT_GT(verdicts[static_cast<std::size_t>(verdict)], 1000U) << "the damage is one-sided";
}

}  // namespace
}  // namespace xdpmirror::test
