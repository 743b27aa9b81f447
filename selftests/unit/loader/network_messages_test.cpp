// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the kernel's messages about links, addresses, routes and neighbours are read as, whole and
// cut short anywhere: a reader may refuse a message, never look past its end.
#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include <cstring>

#include "loader/interface_address.h"
#include "loader/link.h"
#include "loader/neighbour.h"
#include "loader/netlink_message.h"
#include "loader/route.h"

namespace xdpmirror {
namespace {

IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}

std::span<const std::uint8_t> view(const std::vector<std::uint8_t>& bytes) {
    return bytes;
}

NetlinkMessage received(const NetlinkRequest& request) {
    EXPECT_TRUE(request.is_whole());
    return NetlinkMessage(nlmsg_hdr(request.get()));
}

// An attribute with others in it.
std::vector<std::uint8_t> nest(
    std::initializer_list<std::pair<int, std::vector<std::uint8_t>>> in) {
    std::vector<std::uint8_t> bytes;
    for (const auto& [type, value] : in) {
        const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + value.size()),
                            static_cast<std::uint16_t>(type)};
        const auto* raw = reinterpret_cast<const std::uint8_t*>(&header);
        bytes.insert(bytes.end(), raw, raw + sizeof(header));
        bytes.insert(bytes.end(), value.begin(), value.end());
        bytes.resize((bytes.size() + 3) & ~std::size_t{3});
    }
    return bytes;
}

std::vector<std::uint8_t> chars(const std::string& text) {
    return {text.begin(), text.end()};
}

std::vector<std::uint8_t> number(std::uint32_t value) {
    std::vector<std::uint8_t> bytes(sizeof(value));
    std::memcpy(bytes.data(), &value, sizeof(value));
    return bytes;
}

NetlinkMessage link_message() {
    ifinfomsg header{};
    header.ifi_type = ARPHRD_ETHER;
    header.ifi_index = 5;
    header.ifi_flags = IFF_UP | IFF_LOWER_UP;
    NetlinkRequest request(RTM_NEWLINK, 0, header);
    request.put(IFLA_IFNAME, std::string("bond0.7"));
    request.put(IFLA_ADDRESS, std::vector<std::uint8_t>{2, 0, 0, 0, 0, 7});
    request.put(IFLA_MTU, std::uint32_t{9001});
    request.put(IFLA_MASTER, std::uint32_t{3});
    request.put(
        IFLA_LINKINFO,
        view(nest({{IFLA_INFO_KIND, chars("vlan")}, {IFLA_INFO_SLAVE_KIND, chars("bridge")}})));
    return received(request);
}

NetlinkMessage route_message(std::uint8_t type = RTN_UNICAST) {
    rtmsg header{};
    header.rtm_family = AF_INET;
    header.rtm_type = type;
    NetlinkRequest request(RTM_NEWROUTE, 0, header);
    request.put(RTA_OIF, std::uint32_t{4});
    request.put(RTA_GATEWAY, ip("10.2.0.1"));
    request.put(RTA_METRICS, view(nest({{RTAX_ADVMSS, number(1400)}, {RTAX_MTU, number(1300)}})));
    return received(request);
}

NetlinkMessage neighbour_message(std::uint16_t type = RTM_NEWNEIGH,
                                 std::uint16_t state = NUD_REACHABLE) {
    ndmsg header{};
    header.ndm_family = AF_INET6;
    header.ndm_ifindex = 4;
    header.ndm_state = state;
    header.ndm_flags = NTF_ROUTER;
    NetlinkRequest request(type, 0, header);
    request.put(NDA_DST, ip("fe80::1"));
    request.put(NDA_LLADDR, std::vector<std::uint8_t>{2, 0, 0, 0, 0, 9});
    return received(request);
}

NetlinkMessage address_message(std::uint8_t scope, std::uint32_t flags, bool with_peer) {
    ifaddrmsg header{};
    header.ifa_family = AF_INET;
    header.ifa_prefixlen = 24;
    header.ifa_scope = scope;
    header.ifa_index = 6;
    NetlinkRequest request(RTM_NEWADDR, 0, header);
    request.put(IFA_ADDRESS, ip(with_peer ? "10.0.0.2" : "10.0.0.1"));
    if (with_peer) request.put(IFA_LOCAL, ip("10.0.0.1"));
    request.put(IFA_FLAGS, flags);
    return received(request);
}

// ---- whole messages ----

TEST(NetworkMessages, Link) {
    const auto link = parse_link(link_message());
    ASSERT_TRUE(link);
    EXPECT_EQ(link->ifindex, 5u);
    EXPECT_EQ(link->name, "bond0.7");
    EXPECT_EQ(link->kind, "vlan");
    EXPECT_EQ(link->mac.text(), "02:00:00:00:00:07");
    EXPECT_EQ(link->mtu, 9001u);
    EXPECT_EQ(link->master, 3u);
    EXPECT_EQ(link->master_kind, "bridge");
    EXPECT_TRUE(link->is_ethernet());
    EXPECT_TRUE(link->up);
    EXPECT_TRUE(link->carrier);
    EXPECT_TRUE(link->asks_neighbours);
}

TEST(NetworkMessages, LinkOfAnotherKind) {
    ifinfomsg header{};
    header.ifi_type = ARPHRD_NONE;
    header.ifi_flags = IFF_NOARP;
    NetlinkRequest request(RTM_NEWLINK, 0, header);
    request.put(IFLA_IFNAME, std::string("wg0"));
    const auto link = parse_link(received(request));
    ASSERT_TRUE(link);
    EXPECT_FALSE(link->is_ethernet());
    EXPECT_FALSE(link->up);
    EXPECT_FALSE(link->carrier);
    EXPECT_FALSE(link->asks_neighbours);
    EXPECT_EQ(link->mac, MacAddress{});
}

TEST(NetworkMessages, Route) {
    const auto route = parse_route(route_message());
    ASSERT_TRUE(route);
    EXPECT_EQ(route->kind, Route::Kind::unicast);
    EXPECT_EQ(route->ifindex, 4u);
    EXPECT_EQ(route->gateway, ip("10.2.0.1"));
    EXPECT_EQ(route->mtu, 1300u);
    EXPECT_FALSE(route->encapsulated);
}

TEST(NetworkMessages, RouteKinds) {
    const std::pair<std::uint8_t, Route::Kind> kinds[] = {
        {RTN_LOCAL, Route::Kind::local},         {RTN_BROADCAST, Route::Kind::broadcast},
        {RTN_MULTICAST, Route::Kind::multicast}, {RTN_BLACKHOLE, Route::Kind::blackhole},
        {RTN_PROHIBIT, Route::Kind::prohibit},   {RTN_UNREACHABLE, Route::Kind::unreachable},
        {RTN_THROW, Route::Kind::none},
    };
    for (const auto& [type, kind] : kinds) EXPECT_EQ(parse_route(route_message(type))->kind, kind);
}

TEST(NetworkMessages, RouteByAGatewayOfTheOtherFamilyWithEncapsulation) {
    rtmsg header{};
    header.rtm_family = AF_INET;
    header.rtm_type = RTN_UNICAST;
    NetlinkRequest request(RTM_NEWROUTE, 0, header);
    std::vector<std::uint8_t> via{AF_INET6, 0};
    const auto gateway = ip("fe80::1");
    via.insert(via.end(), gateway.bytes.begin(), gateway.bytes.end());
    request.put(RTA_VIA, view(via));
    request.put(RTA_ENCAP_TYPE, view({1, 0}));
    const auto route = parse_route(received(request));
    ASSERT_TRUE(route);
    EXPECT_EQ(route->gateway, gateway);
    EXPECT_TRUE(route->encapsulated);
}

TEST(NetworkMessages, Neighbour) {
    const auto neighbour = parse_neighbour(neighbour_message());
    ASSERT_TRUE(neighbour);
    EXPECT_EQ(neighbour->key, (NeighbourKey{4, ip("fe80::1")}));
    EXPECT_EQ(neighbour->state, Neighbour::State::reachable);
    EXPECT_EQ(neighbour->mac->text(), "02:00:00:00:00:09");
    EXPECT_EQ(neighbour->flags, NTF_ROUTER);
}

TEST(NetworkMessages, NeighbourThatIsGoneHasNoMac) {
    const auto neighbour = parse_neighbour(neighbour_message(RTM_DELNEIGH));
    ASSERT_TRUE(neighbour);
    EXPECT_EQ(neighbour->state, Neighbour::State::none);
    EXPECT_EQ(neighbour->mac, std::nullopt);
}

TEST(NetworkMessages, NeighbourStates) {
    using State = Neighbour::State;
    const std::pair<std::uint16_t, State> states[] = {
        {NUD_NONE, State::none},   {NUD_INCOMPLETE, State::incomplete}, {NUD_STALE, State::stale},
        {NUD_DELAY, State::delay}, {NUD_PROBE, State::probe},           {NUD_FAILED, State::failed},
        {NUD_NOARP, State::noarp}, {NUD_PERMANENT, State::permanent},
    };
    for (const auto& [nud, state] : states) {
        EXPECT_EQ(parse_neighbour(neighbour_message(RTM_NEWNEIGH, nud))->state, state) << nud;
    }
}

TEST(NetworkMessages, Address) {
    const auto address = parse_interface_address(address_message(RT_SCOPE_UNIVERSE, 0, false));
    ASSERT_TRUE(address);
    EXPECT_EQ(address->ifindex, 6u);
    EXPECT_EQ(address->address, ip("10.0.0.1"));
    EXPECT_EQ(address->prefix_length, 24);
    EXPECT_TRUE(address->addressable);
    // The peer's address is not ours.
    EXPECT_EQ(parse_interface_address(address_message(RT_SCOPE_UNIVERSE, 0, true))->address,
              ip("10.0.0.1"));
}

TEST(NetworkMessages, WhichAddressesOthersCanSendTo) {
    const auto addressable = [](std::uint8_t scope, std::uint32_t flags) {
        return parse_interface_address(address_message(scope, flags, false))->addressable;
    };
    EXPECT_TRUE(addressable(RT_SCOPE_LINK, 0));
    EXPECT_TRUE(addressable(RT_SCOPE_UNIVERSE, IFA_F_TENTATIVE));
    EXPECT_TRUE(addressable(RT_SCOPE_UNIVERSE, IFA_F_SECONDARY | IFA_F_DEPRECATED));
    EXPECT_FALSE(addressable(RT_SCOPE_HOST, 0));
    EXPECT_FALSE(addressable(RT_SCOPE_UNIVERSE, IFA_F_DADFAILED));
}

TEST(NetworkMessages, NobodyReadsAnothersMessage) {
    EXPECT_FALSE(parse_link(route_message()));
    EXPECT_FALSE(parse_route(neighbour_message()));
    EXPECT_FALSE(parse_neighbour(link_message()));
    EXPECT_FALSE(parse_interface_address(link_message()));
}

// ---- cut short: run with sanitizers this fails on any look past the end ----

NetlinkMessage cut(const NetlinkMessage& message, std::size_t length) {
    std::vector<std::uint8_t> bytes(length);
    std::memcpy(bytes.data(), message.header(), length);
    reinterpret_cast<nlmsghdr*>(bytes.data())->nlmsg_len = static_cast<std::uint32_t>(length);
    return NetlinkMessage(reinterpret_cast<nlmsghdr*>(bytes.data()));
}

TEST(NetworkMessages, CutAnywhere) {
    const NetlinkMessage messages[] = {link_message(), route_message(), neighbour_message(),
                                       address_message(RT_SCOPE_UNIVERSE, 0, true)};
    for (const auto& message : messages) {
        const std::size_t whole = message.header()->nlmsg_len;
        for (std::size_t length = sizeof(nlmsghdr); length < whole; ++length) {
            const auto part = cut(message, length);
            // Whatever the parser makes of it, half a MAC or half an address is not one.
            if (const auto found = parse_neighbour(part); found && found->mac) {
                EXPECT_EQ(found->mac->text(), "02:00:00:00:00:09");
            }
            if (const auto found = parse_route(part); found && found->gateway) {
                EXPECT_EQ(found->gateway, ip("10.2.0.1"));
            }
            if (const auto found = parse_link(part)) {
                EXPECT_EQ(found->name, "bond0.7");
            }
            if (const auto found = parse_interface_address(part)) {
                EXPECT_NE(found->address, IpAddress{});
            }
            parse_answer(part);
        }
    }
}

TEST(NetworkMessages, NumberInTooFewBytes) {
    NetlinkRequest request(RTM_NEWROUTE, 0, rtmsg{});
    request.put(RTA_OIF, view({4, 0}));
    request.put(RTA_GATEWAY, view({10, 2, 0}));
    request.put(RTA_VIA, view({AF_INET6}));
    const auto route = parse_route(received(request));
    ASSERT_TRUE(route);
    EXPECT_EQ(route->ifindex, 0u);
    EXPECT_EQ(route->gateway, std::nullopt);
}

// ---- what the kernel answers ----

NetlinkMessage refusal(int flags, bool repeats_request, const char* text) {
    nlmsgerr error{};
    error.error = -EINVAL;
    error.msg.nlmsg_len = sizeof(nlmsghdr) + 12;
    NetlinkRequest request(NLMSG_ERROR, flags, error);
    if (repeats_request) {
        const std::uint8_t body[12]{};
        nlmsg_append(request.get(), const_cast<std::uint8_t*>(body), sizeof(body), NLMSG_ALIGNTO);
    }
    if (text != nullptr) request.put(NLMSGERR_ATTR_MSG, std::string(text));
    return received(request);
}

TEST(NetworkMessages, RefusalWithTheKernelsWords) {
    const auto repeated = parse_answer(refusal(NLM_F_ACK_TLVS, true, "Invalid prefix"));
    ASSERT_TRUE(repeated);
    EXPECT_EQ(repeated->error, EINVAL);
    EXPECT_EQ(repeated->text, "Invalid prefix");
    const auto capped =
        parse_answer(refusal(NLM_F_ACK_TLVS | NLM_F_CAPPED, false, "Invalid prefix"));
    ASSERT_TRUE(capped);
    EXPECT_EQ(capped->text, "Invalid prefix");
}

TEST(NetworkMessages, RefusalWithoutWords) {
    const auto answer = parse_answer(refusal(0, true, nullptr));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error, EINVAL);
    EXPECT_EQ(answer->text, "");
}

TEST(NetworkMessages, EndOfADump) {
    const auto answer =
        parse_answer(received(NetlinkRequest(NLMSG_DONE, NLM_F_MULTI, int{-ENODEV})));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error, ENODEV);
    EXPECT_FALSE(parse_answer(link_message()));
}

TEST(NetworkMessages, RequestThatDoesNotFitIsNotWhole) {
    NetlinkRequest request(RTM_NEWLINK, 0, ifinfomsg{});
    EXPECT_TRUE(request.is_whole());
    request.put(IFLA_IFNAME, std::string(100000, 'x'));
    EXPECT_FALSE(request.is_whole());
    request.put(IFLA_MTU, std::uint32_t{1});
    EXPECT_FALSE(request.is_whole());
}

// ---- the sentence for an interface that is not there ----

TEST(NetworkMessages, NoSuchInterface) {
    EXPECT_EQ(no_such_interface("eht0", {"lo", "eth0", "eth1"}),
              "interface 'eht0' does not exist (did you mean 'eth0'?); interfaces here: lo, eth0, "
              "eth1");
    EXPECT_EQ(no_such_interface("wan", {"lo", "eth0"}),
              "interface 'wan' does not exist; interfaces here: lo, eth0");
    std::vector<std::string> many;
    for (int i = 0; i < 14; ++i) many.push_back("port" + std::to_string(i) + "x");
    EXPECT_EQ(
        no_such_interface("", many),
        "interface '' does not exist; interfaces here: port0x, port1x, port2x, port3x, port4x, "
        "port5x, port6x, port7x, port8x, port9x, port10x, port11x and 2 more");
}

}  // namespace
}  // namespace xdpmirror
