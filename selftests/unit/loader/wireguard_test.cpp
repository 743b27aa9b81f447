// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the kernel says of WireGuard peers, whole, over several messages and cut short anywhere; and which
// of them a packet goes to.
#include "loader/wireguard.h"

#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/wireguard.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include <cstring>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

template <class T>
Bytes raw(const T& value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    return {bytes, bytes + sizeof(value)};
}

Bytes operator+(Bytes first, const Bytes& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

Bytes attribute(int type, const Bytes& value) {
    auto bytes = raw(nlattr{static_cast<std::uint16_t>(sizeof(nlattr) + value.size()),
                            static_cast<std::uint16_t>(type)}) + value;
    bytes.resize((bytes.size() + 3) & ~std::size_t{3});
    return bytes;
}

// An array has its elements as attributes without a type.
Bytes element(const Bytes& attributes) { return attribute(NLA_F_NESTED, attributes); }

IpAddress ip(const char* text) { return IpAddress::parse(text).value(); }

Bytes allowed(const char* text) {
    const auto prefix = Prefix::parse(text).value();
    const auto wire = wire_bytes(prefix.address);
    const std::uint16_t family = prefix.address.family == Family::ipv4 ? AF_INET : AF_INET6;
    return element(attribute(WGALLOWEDIP_A_FAMILY, raw(family)) +
                   attribute(WGALLOWEDIP_A_IPADDR, Bytes(wire.begin(), wire.end())) +
                   attribute(WGALLOWEDIP_A_CIDR_MASK, {prefix.length}));
}

Bytes key(std::uint8_t byte) { return attribute(WGPEER_A_PUBLIC_KEY, Bytes(WG_KEY_LEN, byte)); }

Bytes peer(std::uint8_t byte, std::uint16_t keepalive, std::int64_t handshake, const Bytes& prefixes) {
    return element(key(byte) + attribute(WGPEER_A_PRESHARED_KEY, Bytes(WG_KEY_LEN, 0xee)) +
                   attribute(WGPEER_A_LAST_HANDSHAKE_TIME, raw(handshake) + raw(std::int64_t{7})) +
                   attribute(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, raw(keepalive)) +
                   attribute(WGPEER_A_ALLOWEDIPS, prefixes));
}

NetlinkMessage device(const Bytes& peers) {
    NetlinkRequest request(0x1c, NLM_F_MULTI, genlmsghdr{.cmd = WG_CMD_GET_DEVICE, .version = 1, .reserved = 0});
    request.put(WGDEVICE_A_IFINDEX, std::uint32_t{7});
    request.put(WGDEVICE_A_PEERS | NLA_F_NESTED, std::span<const std::uint8_t>(peers));
    EXPECT_TRUE(request.is_whole());
    return NetlinkMessage(nlmsg_hdr(request.get()));
}

// Base64 of 32 equal bytes.
const std::string kOnes = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const std::string kTwos = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

std::vector<WireguardPeer> two_peers() {
    return parse_wireguard_peers(
        {device(peer(1, 25, 1'700'000'000, allowed("0.0.0.0/0") + allowed("fd00:100:76::/48")) +
                peer(2, 0, 0, allowed("100.76.0.0/16")))});
}

TEST(Wireguard, Peers) {
    const auto peers = two_peers();
    ASSERT_EQ(peers.size(), 2U);
    EXPECT_EQ(peers[0].public_key, kOnes);
    EXPECT_EQ(peers[0].short_key(), "AQEBAQEB…=");
    EXPECT_EQ(peers[0].keepalive, 25s);
    EXPECT_EQ(peers[0].last_handshake, 1'700'000'000s);
    ASSERT_EQ(peers[0].allowed.size(), 2U);
    EXPECT_EQ(peers[0].allowed[0].text(), "0.0.0.0/0");
    EXPECT_EQ(peers[0].allowed[1].text(), "fd00:100:76::/48");
    EXPECT_EQ(peers[1].public_key, kTwos);
    EXPECT_EQ(peers[1].keepalive, 0s);
    EXPECT_EQ(peers[1].last_handshake, 0s);
}

TEST(Wireguard, KeysAsWgWritesThem) {
    Bytes bytes;
    for (std::uint8_t i = 0; i < WG_KEY_LEN; ++i) bytes.push_back(static_cast<std::uint8_t>(0xf8 + i * 11));
    const auto peers = parse_wireguard_peers({device(element(attribute(WGPEER_A_PUBLIC_KEY, bytes)))});
    ASSERT_EQ(peers.size(), 1U);
    EXPECT_EQ(peers[0].public_key, "+AMOGSQvOkVQW2ZxfIeSnaizvsnU3+r1AAsWISw3Qk0=");
}

// A peer with many prefixes does not fit into one message; the rest says only whose they are.
TEST(Wireguard, APeerGoesOnInTheNextMessage) {
    const auto peers = parse_wireguard_peers(
        {device(peer(1, 25, 100, allowed("10.0.0.0/8"))),
         device(element(key(1) + attribute(WGPEER_A_ALLOWEDIPS, allowed("11.0.0.0/8"))) +
                peer(2, 0, 0, allowed("12.0.0.0/8")))});
    ASSERT_EQ(peers.size(), 2U);
    EXPECT_EQ(peers[0].keepalive, 25s);
    EXPECT_EQ(peers[0].last_handshake, 100s);
    ASSERT_EQ(peers[0].allowed.size(), 2U);
    EXPECT_EQ(peers[0].allowed[1].text(), "11.0.0.0/8");
}

TEST(Wireguard, ThePeerOfACollectorHasTheLongestPrefix) {
    const auto peers = two_peers();
    EXPECT_EQ(peer_for(peers, ip("100.76.10.11")), &peers[1]);
    const std::vector<WireguardPeer> the_other_way_round = {peers[1], peers[0]};
    EXPECT_EQ(peer_for(the_other_way_round, ip("100.76.10.11")), &the_other_way_round[0]);
    EXPECT_EQ(peer_for(peers, ip("100.77.10.11")), &peers[0]);
    EXPECT_EQ(peer_for(peers, ip("fd00:100:76::11")), &peers[0]);
    EXPECT_EQ(peer_for(peers, ip("fd00:100:77::11")), nullptr);
    EXPECT_EQ(no_peer_for("wg0", ip("fd00:100:77::11")),
              "no peer of 'wg0' has fd00:100:77::11 in its AllowedIPs; add it to those it has: wg set wg0 "
              "peer KEY allowed-ips OTHERS,fd00:100:77::11");
}

TEST(Wireguard, CutAnywhere) {
    const auto whole = device(peer(1, 25, 100, allowed("10.0.0.0/8") + allowed("2001:db8::/32")));
    const std::size_t length = whole.header()->nlmsg_len;
    for (std::size_t left = sizeof(nlmsghdr); left < length; ++left) {
        Bytes bytes(left);
        std::memcpy(bytes.data(), whole.header(), left);
        auto* header = reinterpret_cast<nlmsghdr*>(bytes.data());
        header->nlmsg_len = static_cast<std::uint32_t>(left);
        for (const auto& peer : parse_wireguard_peers({NetlinkMessage(header)})) {
            EXPECT_EQ(peer.public_key, kOnes);
            for (const auto& prefix : peer.allowed)
                EXPECT_TRUE(prefix.text() == "10.0.0.0/8" || prefix.text() == "2001:db8::/32");
        }
    }
}

}  // namespace
}  // namespace xdpmirror
