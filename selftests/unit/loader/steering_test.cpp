// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which routing rules are ours, and which a profile asks for.
#include "loader/steering.h"

#include <gtest/gtest.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include <array>

namespace xdpmirror {
namespace {

constexpr std::uint8_t kOurs = 120, kStatic = 4;

struct Rule {
    std::uint16_t type = RTM_NEWRULE;
    std::uint8_t family = AF_INET;
    std::uint8_t action = FR_ACT_TO_TBL;
    std::uint8_t table = 0;
    std::uint8_t protocol = kOurs;
};

NetlinkMessage message(const Rule& rule, bool has_table = true) {
    fib_rule_hdr header{};
    header.family = rule.family;
    header.action = rule.action;
    header.table = rule.table;
    NetlinkRequest request(rule.type, 0, header);
    const std::array<std::uint8_t, 1> protocol = {rule.protocol};
    request.put(FRA_PRIORITY, 2U).put(FRA_FWMARK, 0x77U).put(FRA_PROTOCOL, protocol);
    if (has_table) request.put(FRA_TABLE, 100'000U);
    EXPECT_TRUE(request.is_whole());
    return NetlinkMessage(nlmsg_hdr(request.get()));
}

TEST(Steering, IsReadFromOurRulesOnly) {
    EXPECT_EQ(parse_steering(message({})),
              (Steering{.family = Family::ipv4, .mark = 0x77, .table = 100'000}));
    EXPECT_EQ(parse_steering(message({.family = AF_INET6, .table = 254}, false)),
              (Steering{.family = Family::ipv6, .mark = 0x77, .table = 254}));
    EXPECT_FALSE(parse_steering(message({.protocol = kStatic}))) << "the operator's";
    EXPECT_FALSE(parse_steering(message({.action = FR_ACT_BLACKHOLE})));
    EXPECT_FALSE(parse_steering(message({.type = RTM_DELRULE})));
}

TEST(Steering, IsSaidAsIpTakesIt) {
    EXPECT_EQ((Steering{.family = Family::ipv4, .mark = 0x786d, .table = 100}).text(),
              "fwmark 0x786d lookup 100 proto 120");
}

WayOut way(std::uint32_t mark, std::uint32_t table) {
    return {.interface = "eth1", .path = PathChoice::kernel, .mark = mark, .table = table};
}

Pool pool(const char* address, const char* via) {
    return {.name = address, .collectors = {{.address = IpAddress::parse(address).value(), .position = {}}},
            .via = via, .position = {}};
}

TEST(Steering, IsForTheFamiliesOfTheCollectors) {
    Config config;
    config.egress = {{.name = "four", .ways = {way(1, 100), way(2, 200), way(3, 0)}},
                     {.name = "both", .ways = {way(1, 100)}},
                     {.name = "unused", .ways = {way(4, 400)}}};
    config.pools = {pool("192.0.2.1", "four"), pool("192.0.2.2", "four"), pool("192.0.2.3", "both"),
                    pool("2001:db8::1", "both")};
    const std::vector<Steering> wanted = {{Family::ipv4, 1, 100}, {Family::ipv4, 2, 200},
                                          {Family::ipv6, 1, 100}};
    EXPECT_EQ(steering_of(config), wanted);
}

}  // namespace
}  // namespace xdpmirror
