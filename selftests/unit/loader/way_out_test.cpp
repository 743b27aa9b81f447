// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which way a packet leaves by which device, from what is known of the device.
#include "loader/way_out.h"

#include <gtest/gtest.h>
#include <linux/if_arp.h>

#include <cstring>

#include "loader/handover.h"
#include "loader/xdp_features.h"

namespace xdpmirror {
namespace {

constexpr unsigned kIngress = 2;

LinkInfo device(const std::string& kind, unsigned arp_type = ARPHRD_ETHER) {
    LinkInfo link;
    link.ifindex = 7;
    link.name = "x0";
    link.kind = kind;
    link.arp_type = arp_type;
    return link;
}

WayOut way(PathChoice path = PathChoice::automatic) {
    WayOut way;
    way.interface = "x0";
    way.path = path;
    return way;
}

constexpr std::uint64_t kFull = kXdpActBasic | kXdpActRedirect | kXdpActNdoXmit;

TEST(WayOut, IsChosenByTheDevice) {
    struct Case {
        const char* kind;
        unsigned arp_type;
        std::optional<std::uint64_t> features;
        xm_path path;
    };
    const Case cases[] = {
        {"", ARPHRD_ETHER, kFull, XM_PATH_REDIRECT},
        {"", ARPHRD_ETHER, kXdpActBasic, XM_PATH_REDIRECT},  // a stub will make it a target
        {"", ARPHRD_ETHER, 0, XM_PATH_TC},                   // a driver without XDP
        {"", ARPHRD_ETHER, std::nullopt, XM_PATH_REDIRECT},
        {"veth", ARPHRD_ETHER, std::nullopt, XM_PATH_REDIRECT},
        {"tun", ARPHRD_ETHER, std::nullopt, XM_PATH_REDIRECT},
        {"bond", ARPHRD_ETHER, std::nullopt, XM_PATH_REDIRECT},
        {"vlan", ARPHRD_ETHER, std::nullopt, XM_PATH_TC},
        {"vxlan", ARPHRD_ETHER, 0, XM_PATH_TC},
        {"bridge", ARPHRD_ETHER, 0, XM_PATH_TC},
        {"gretap", ARPHRD_ETHER, std::nullopt, XM_PATH_TC},
        {"wireguard", ARPHRD_NONE, 0, XM_PATH_TC},
        {"tun", ARPHRD_NONE, kFull, XM_PATH_TC},
        {"gre", ARPHRD_IPGRE, std::nullopt, XM_PATH_TC},
        {"ipip", ARPHRD_TUNNEL, std::nullopt, XM_PATH_TC},
        {"xfrm", ARPHRD_NONE, std::nullopt, XM_PATH_TC},
        {"vti", ARPHRD_TUNNEL, std::nullopt, XM_PATH_TC},
    };
    for (const auto& each : cases) {
        const auto chosen = choose_path(way(), device(each.kind, each.arp_type), kIngress, each.features);
        ASSERT_TRUE(chosen) << each.kind << ": " << chosen.error().what;
        EXPECT_EQ(chosen->path, each.path) << each.kind << ' ' << chosen->why;
        EXPECT_FALSE(chosen->why.empty());
    }
}

TEST(WayOut, TheIngressSendsBack) {
    LinkInfo link = device("");
    link.ifindex = kIngress;
    EXPECT_EQ(choose_path(way(), link, kIngress, kFull)->path, XM_PATH_TX);
    EXPECT_EQ(choose_path(way(PathChoice::tx), link, kIngress, kFull)->path, XM_PATH_TX);
    for (const auto path : {PathChoice::redirect, PathChoice::tc}) {
        const auto refused = choose_path(way(path), link, kIngress, kFull);
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().what.find("go back out of it by path: tx"), std::string::npos);
    }
}

TEST(WayOut, CanBeForcedWhereItIsRight) {
    EXPECT_EQ(choose_path(way(PathChoice::redirect), device("vlan"), kIngress, 0)->path, XM_PATH_REDIRECT);
    EXPECT_EQ(choose_path(way(PathChoice::tc), device(""), kIngress, kFull)->path, XM_PATH_TC);
    EXPECT_EQ(choose_path(way(PathChoice::kernel), device("wireguard", ARPHRD_NONE), kIngress, 0)->path,
              XM_PATH_KERNEL);
}

TEST(WayOut, IsRefusedWithTheAlternative) {
    const LinkInfo wireguard = device("wireguard", ARPHRD_NONE);
    EXPECT_EQ(choose_path(way(PathChoice::redirect), wireguard, kIngress, 0).error().what,
              "path 'redirect' is not for interface 'x0' (wireguard): it has no Ethernet header, and would "
              "send frames malformed; use path: tc");
    EXPECT_EQ(choose_path(way(PathChoice::tx), device("veth"), kIngress, kFull).error().what,
              "path 'tx' is not for interface 'x0' (veth): packets come in by another one; use path: "
              "redirect");
    WayOut fixed = way();
    fixed.next_hop = MacAddress{{2, 0, 0, 0, 0, 1}};
    EXPECT_EQ(choose_path(fixed, device("vxlan"), kIngress, 0).error().what,
              "interface 'x0' (vxlan) takes no redirected frames, and by path: tc the kernel finds the "
              "neighbour; set next_hop: auto, or name the NIC below it");
}

TEST(Handover, StandsInThePlaceOfTheAddressesWithoutItsSecret) {
    xm_next_hop row{};
    row.dst_mac[0] = 2;
    put_handover(row, XM_HANDOVER_ROUTE, 0x01020304);
    const std::uint8_t wire[] = {0, 0, 0, 0, 0, 0, 2, XM_HANDOVER_ROUTE, 1, 2, 3, 4};
    EXPECT_EQ(std::memcmp(&row, wire, sizeof(wire)), 0);
}

TEST(Handover, SecretsAreLocalUnicastAddressesAndDiffer) {
    const auto one = make_secret();
    const auto other = make_secret();
    ASSERT_TRUE(one && other);
    EXPECT_EQ((*one)[0] & 3, 2);
    EXPECT_NE(*one, *other);
}

}  // namespace
}  // namespace xdpmirror
