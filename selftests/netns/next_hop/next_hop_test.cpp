// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Next hops as this kernel resolves them: every way to a neighbour, every state its entry may be
// in, every route that is of no use.
#include <arpa/inet.h>
#include <linux/capability.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "network.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using State = Neighbour::State;

class NextHopNetwork : public NetworkTest {
  protected:
    std::string p1_via(const std::string& via) { return mac_there("p1").text() + " via " + via; }

    void remember(const std::string& address, const std::string& lladdr, const std::string& state) {
        here("ip neigh replace " + address + " dev e1 lladdr " + lladdr + " nud " + state);
    }

    // Until the kernel asks for the address, which it announces nowhere.
    void wait_until_asked_for(const std::string& address) {
        auto own = NetlinkSocket::open(NETLINK_ROUTE);
        auto table = KernelNeighbours::make(*own);
        const NeighbourKey key{find_link(*own, std::string("e1"))->ifindex, ip(address)};
        const auto deadline = std::chrono::steady_clock::now() + 3s;
        while (std::chrono::steady_clock::now() < deadline) {
            const auto found = table->find(key);
            if (found && *found && (*found)->state == State::incomplete) return;
            std::this_thread::yield();
        }
    }
};

std::string no_answer(const std::string& address, const std::string& time) {
    const bool v6 = address.find(':') != std::string::npos;
    return "next hop " + address + " does not answer " + (v6 ? "neighbour discovery" : "ARP") +
           " on e1 within " + time +
           "; cure: check the address, the VLAN and what filters on the "
           "way, or set next_hop to its MAC";
}

std::string route_cure(const std::string& prefix) {
    return "; cure: ip route add " + prefix +
           " via GATEWAY dev e1, or set next_hop to an address "
           "or a MAC";
}

const std::string kOldMac = "02:de:ad:00:00:01";

// ---- ways to a neighbour ----

TEST_F(NextHopNetwork, OnLink) {
    const auto outcome = resolve("e1", "10.2.0.1");
    EXPECT_EQ(outcome.text(), p1_via("10.2.0.1"));
    EXPECT_EQ(outcome.hop.from, NextHop::From::route);
    EXPECT_EQ(outcome.hop.mtu, 1500u);
    EXPECT_EQ(resolve("e1", "fd02::1").text(), p1_via("fd02::1"));
}

// By the kernel's word that it has the answer, not by waiting for the end of the time.
TEST_F(NextHopNetwork, AnswerIsTakenWhenItComes) {
    const auto outcome = resolve("e1", NextHopAuto{}, "10.2.0.1", 20s);
    EXPECT_EQ(outcome.text(), p1_via("10.2.0.1"));
    EXPECT_LT(outcome.took, 10s);
}

TEST_F(NextHopNetwork, ByGateway) {
    here("ip route add 10.3.0.0/16 via 10.2.0.1");
    here("ip route add fd03::/64 via fe80::1 dev e1");
    here("ip route add 10.11.0.0/16 via inet6 fe80::1 dev e1");
    EXPECT_EQ(resolve("e1", "10.3.0.12").text(), p1_via("10.2.0.1"));
    EXPECT_EQ(resolve("e1", "fd03::12").text(), p1_via("fe80::1"));
    EXPECT_EQ(resolve("e1", "10.11.0.12").text(), p1_via("fe80::1"));
}

TEST_F(NextHopNetwork, RouteMtu) {
    here("ip route add 10.3.0.0/16 via 10.2.0.1 mtu 1300");
    here("ip route add fd03::/64 via fd02::1 mtu 1290");
    EXPECT_EQ(resolve("e1", "10.3.0.12").hop.mtu, 1300u);
    EXPECT_EQ(resolve("e1", "fd03::12").hop.mtu, 1290u);
    here("ip link set e1 mtu 1280");
    EXPECT_EQ(resolve("e1", "10.3.0.12").hop.mtu, 1280u);
}

// Sends more than the path takes; returns when the complaint has come back.
void discover_path_mtu(const std::string& to) {
    const UniqueFd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int always = IP_PMTUDISC_DO;
    ASSERT_EQ(::setsockopt(sender.get(), IPPROTO_IP, IP_MTU_DISCOVER, &always, sizeof(always)), 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(9);
    ASSERT_EQ(::inet_pton(AF_INET, to.c_str(), &address.sin_addr), 1);
    ASSERT_EQ(::connect(sender.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const std::array<char, 1400> payload{};
    ASSERT_EQ(::send(sender.get(), payload.data(), payload.size(), 0), 1400);
    pollfd watched{sender.get(), 0, 0};
    ASSERT_EQ(::poll(&watched, 1, 5000), 1);
    int mtu = 0;
    socklen_t size = sizeof(mtu);
    ASSERT_EQ(::getsockopt(sender.get(), IPPROTO_IP, IP_MTU, &mtu, &size), 0);
    ASSERT_EQ(mtu, 1000);
}

// What was discovered is forgotten after minutes, what is resolved here stays.
TEST_F(NextHopNetwork, DiscoveredPathMtuDoesNotCount) {
    there("sysctl -qw net.ipv4.ip_forward=1");
    there("ip link set p0 mtu 1000");
    there("ip route add 10.30.0.0/16 via 10.1.0.2");
    here("ip route add 10.30.0.0/16 via 10.2.0.1");
    discover_path_mtu("10.30.0.1");
    EXPECT_EQ(resolve("e1", "10.30.0.1").hop.mtu, 1500u);
}

// Among several paths and several routes the one by the egress counts.
TEST_F(NextHopNetwork, PathOfTheEgress) {
    here("ip route add 10.14.0.0/16 nexthop via 10.2.0.1 dev e1 nexthop via 10.1.0.1 dev e0");
    EXPECT_EQ(resolve("e1", "10.14.0.1").text(), p1_via("10.2.0.1"));
    EXPECT_EQ(resolve("e0", "10.14.0.1").text(), mac_there("p0").text() + " via 10.1.0.1");
    here("ip route add default via 10.1.0.1 metric 10");
    here("ip route add default via 10.2.0.1 metric 20");
    EXPECT_EQ(resolve("e1", "10.15.0.1").text(), p1_via("10.2.0.1"));
    here("ip route add 10.16.0.0/16 via 10.1.0.1");
    EXPECT_EQ(resolve("e1", "10.16.0.1").text(), p1_via("10.2.0.1"));
}

TEST_F(NextHopNetwork, NextHopObject) {
    here("ip nexthop add id 5 via 10.2.0.1 dev e1");
    here("ip route add 10.3.0.0/16 nhid 5");
    EXPECT_EQ(resolve("e1", "10.3.0.12").text(), p1_via("10.2.0.1"));
}

TEST_F(NextHopNetwork, ChosenAddress) {
    const auto outcome = resolve("e1", ip("10.2.0.1"), "10.99.0.1");
    EXPECT_EQ(outcome.text(), p1_via("10.2.0.1"));
    EXPECT_EQ(outcome.hop.from, NextHop::From::address);
    EXPECT_EQ(resolve("e1", ip("fe80::1"), "10.99.0.1").text(), p1_via("fe80::1"));
    EXPECT_EQ(resolve("e1", ip("fd02::1"), "10.99.0.1").text(), p1_via("fd02::1"));
    there("ip address add 10.50.0.1/32 dev p1");
    here("ip route add 10.50.0.1/32 dev e1 scope link");
    EXPECT_EQ(resolve("e1", ip("10.50.0.1"), "10.99.0.1").text(), p1_via("10.50.0.1"));
}

TEST_F(NextHopNetwork, ChosenAddressElsewhere) {
    const auto refusal = [](const std::string& address) {
        return "next hop " + address +
               " is not a neighbour on e1: no connected network of e1 holds "
               "it; cure: set an address of such a network, its MAC, or ip route add " +
               address + "/32 dev e1 scope link";
    };
    EXPECT_EQ(resolve("e1", ip("10.1.0.1"), "10.99.0.1").text(), refusal("10.1.0.1"));
    EXPECT_EQ(resolve("e1", ip("10.2.0.255"), "10.99.0.1").text(), refusal("10.2.0.255"));
    here("ip route add 10.3.0.0/16 via 10.2.0.1");
    EXPECT_EQ(resolve("e1", ip("10.3.0.1"), "10.99.0.1").text(), refusal("10.3.0.1"));
    EXPECT_EQ(resolve("e1", ip("10.2.0.2"), "10.99.0.1").text(),
              "next hop 10.2.0.2 is an address of this machine; cure: set the neighbour's own "
              "address");
}

TEST_F(NextHopNetwork, FixedMac) {
    const auto outcome = resolve("e1", mac("02:00:00:00:00:05"), "10.99.0.1");
    EXPECT_EQ(outcome.text(), "02:00:00:00:00:05");
    EXPECT_EQ(outcome.hop.from, NextHop::From::fixed);
}

// ---- states of the neighbour's entry ----

TEST_F(NextHopNetwork, StaleThatIsStillThereIsConfirmedAtOnce) {
    for (const char* state : {"stale", "delay", "probe"}) {
        remember("10.2.0.1", mac_there("p1").text(), state);
        const auto outcome = resolve("e1", "10.2.0.1");
        EXPECT_EQ(outcome.text(), p1_via("10.2.0.1")) << state;
        EXPECT_EQ(neighbour("e1", "10.2.0.1")->state, State::reachable) << state;
    }
}

TEST_F(NextHopNetwork, StaleWithChangedMacGivesTheNewOne) {
    here("ip route add fd03::/64 via fe80::1 dev e1");
    ASSERT_EQ(resolve("e1", "10.2.0.1").text(), p1_via("10.2.0.1"));
    ASSERT_EQ(resolve("e1", "fd03::1").text(), p1_via("fe80::1"));
    const std::string before = mac_there("p1").text();
    there("ip link set p1 address 02:00:00:00:77:01");
    for (const auto& [via, to] :
         {std::pair<std::string, std::string>{"10.2.0.1", "10.2.0.1"}, {"fe80::1", "fd03::1"}}) {
        remember(via, before, "stale");
        const auto outcome = resolve("e1", to);
        EXPECT_EQ(outcome.text(), "02:00:00:00:77:01 via " + via);
        EXPECT_GE(outcome.took, 700ms);  // the old one had its quarter to answer
    }
}

TEST_F(NextHopNetwork, DeadNeighbour) {
    const auto outcome = resolve("e1", "10.2.0.77");
    EXPECT_EQ(outcome.text(), no_answer("10.2.0.77", "3 s"));
    EXPECT_GE(outcome.took, 3s);
    EXPECT_EQ(resolve("e1", NextHopAuto{}, "fd02::77", 500ms).text(),
              no_answer("fd02::77", "500 ms"));
    remember("10.2.0.78", kOldMac, "stale");
    EXPECT_EQ(resolve("e1", NextHopAuto{}, "10.2.0.78", 1s).text(), no_answer("10.2.0.78", "1 s"));
}

// Setting up an address at the moment when the kernel is seen asking for it.
TEST_F(NextHopNetwork, AnswerThatComesLate) {
    std::thread late([&] {
        wait_until_asked_for("10.2.0.92");
        there("ip address add 10.2.0.92/24 dev p1");
    });
    const auto outcome = resolve("e1", "10.2.0.92");
    late.join();
    EXPECT_EQ(outcome.text(), p1_via("10.2.0.92"));
    EXPECT_GE(outcome.took, 500ms);  // by the kernel's second question
}

TEST_F(NextHopNetwork, FailedEntryIsAskedForAgain) {
    here("ip neigh replace 10.2.0.79 dev e1 lladdr " + kOldMac + " nud failed");
    ASSERT_EQ(neighbour("e1", "10.2.0.79")->state, State::failed);
    there("ip address add 10.2.0.79/24 dev p1");
    EXPECT_EQ(resolve("e1", "10.2.0.79").text(), p1_via("10.2.0.79"));
}

TEST_F(NextHopNetwork, PermanentEntryIsTakenAsItIs) {
    remember("10.2.0.90", "02:00:00:00:00:90", "permanent");
    EXPECT_EQ(resolve("e1", "10.2.0.90").text(), "02:00:00:00:00:90 via 10.2.0.90");
}

TEST_F(NextHopNetwork, DeviceWithoutArp) {
    here("ip link set e1 arp off");
    EXPECT_EQ(
        resolve("e1", "10.2.0.91").text(),
        "next hop 10.2.0.91 cannot be asked for, e1 does no ARP (NOARP); cure: ip link set dev "
        "e1 arp on, or set next_hop to its MAC");
    remember("10.2.0.90", "02:00:00:00:00:90", "permanent");
    EXPECT_EQ(resolve("e1", "10.2.0.90").text(), "02:00:00:00:00:90 via 10.2.0.90");
}

// A change of the entry takes away what it does not repeat, until the neighbour repeats it.
TEST_F(NextHopNetwork, AskingKeepsThatANeighbourIsARouter) {
    here("ip neigh replace fe80::77 dev e1 lladdr " + kOldMac + " router nud stale");
    auto table = KernelNeighbours::make(socket());
    ASSERT_TRUE(table);
    const auto before = neighbour("e1", "fe80::77");
    ASSERT_TRUE(before);
    ASSERT_TRUE(table->confirm(*before));
    EXPECT_EQ(neighbour("e1", "fe80::77")->state, State::probe);
    EXPECT_NE(neighbour("e1", "fe80::77")->flags & NTF_ROUTER, 0);
    ASSERT_TRUE(table->discover(*before));
    EXPECT_EQ(neighbour("e1", "fe80::77")->state, State::incomplete);
    EXPECT_NE(neighbour("e1", "fe80::77")->flags & NTF_ROUTER, 0);
}

// ---- routes of no use ----

TEST_F(NextHopNetwork, NoRoute) {
    EXPECT_EQ(resolve("e1", "10.3.0.12").text(),
              "no route to 10.3.0.12 by egress interface e1" + route_cure("10.3.0.12/32"));
    EXPECT_EQ(resolve("e1", "fd05::1").text(),
              "no route to fd05::1 by egress interface e1" + route_cure("fd05::1/128"));
    here("ip route add throw 10.7.0.0/16");
    EXPECT_EQ(resolve("e1", "10.7.0.1").text(),
              "no route to 10.7.0.1 by egress interface e1" + route_cure("10.7.0.1/32"));
}

TEST_F(NextHopNetwork, RouteByAnotherInterface) {
    here("ip route add default via 10.1.0.1");
    here("ip route add fd05::/64 dev e0");
    EXPECT_EQ(
        resolve("e1", "10.3.0.12").text(),
        "route to 10.3.0.12 leaves by e0, not by egress interface e1" + route_cure("10.3.0.12/32"));
    EXPECT_EQ(
        resolve("e1", "fd05::1").text(),
        "route to fd05::1 leaves by e0, not by egress interface e1" + route_cure("fd05::1/128"));
}

TEST_F(NextHopNetwork, RefusingRoutes) {
    here("ip route add default via 10.2.0.1");
    for (const std::string type : {"blackhole", "unreachable", "prohibit"}) {
        here("ip route add " + type + " 10.9.0.0/16");
        here("ip -6 route add " + type + " fd09::/64");
        EXPECT_EQ(resolve("e1", "10.9.0.1").text(),
                  "route to 10.9.0.1 is of type " + type + route_cure("10.9.0.1/32"));
        EXPECT_EQ(resolve("e1", "fd09::1").text(),
                  "route to fd09::1 is of type " + type + route_cure("fd09::1/128"));
        here("ip route del " + type + " 10.9.0.0/16");
        here("ip -6 route del " + type + " fd09::/64");
    }
}

TEST_F(NextHopNetwork, OwnAndGroupAddresses) {
    here("ip route add default via 10.2.0.1");
    for (const std::string own : {"10.2.0.2", "10.1.0.2", "fd02::2", "127.0.0.1"}) {
        EXPECT_EQ(resolve("e1", own).text(), "collector " + own +
                                                 " is an address of this machine; "
                                                 "cure: set the collector's own address");
    }
    for (const std::string group : {"10.2.0.255", "224.1.1.1", "ff02::5"}) {
        EXPECT_EQ(resolve("e1", group).text(),
                  "collector " + group +
                      " is a broadcast or multicast "
                      "address; cure: set the address of one collector");
    }
}

TEST_F(NextHopNetwork, EncapsulatingRoute) {
    if (!can("ip -6 route add fd0e::/64 encap seg6 mode encap segs fd02::5 dev e1 via fd02::1")) {
        GTEST_SKIP() << "this kernel has no IPv6 segment routing";
    }
    EXPECT_EQ(resolve("e1", "fd0e::1").text(),
              "route to fd0e::1 by e1 adds an encapsulation, which this version does not" +
                  route_cure("fd0e::1/128"));
}

// ---- interfaces ----

TEST_F(NextHopNetwork, InterfaceDown) {
    there("ip link set p1 down");
    EXPECT_EQ(resolve("e1", "10.2.0.1").text(),
              "egress interface e1 has no carrier, so no next hop can be asked; cure: check its "
              "cable or its peer, or set next_hop to a MAC");
    here("ip link set e1 down");
    EXPECT_EQ(resolve("e1", "10.2.0.1").text(),
              "egress interface e1 is down; cure: ip link set dev e1 up");
}

TEST_F(NextHopNetwork, DeviceWithoutMac) {
    if (!can("ip tuntap add dev tun0 mode tun")) GTEST_SKIP() << "this kernel has no tun devices";
    here("ip link set tun0 up");
    EXPECT_EQ(resolve("tun0", "10.2.0.1").text(),
              "egress interface tun0 (tun) has no Ethernet addresses; cure: choose an Ethernet "
              "interface as egress");
}

TEST_F(NextHopNetwork, Bridge) {
    if (!can("ip link add br0 type bridge")) GTEST_SKIP() << "this kernel has no bridge devices";
    here("ip link set br0 up");
    here("ip link set e1 master br0");
    EXPECT_EQ(
        resolve("e1", NextHopAuto{}, "10.2.0.1", 500ms).text(),
        "next hop 10.2.0.1 does not answer ARP on e1 within 500 ms; cure: e1 is a port of "
        "bridge 'br0', which takes the answers: make br0 the egress interface, or set next_hop "
        "to its MAC");
    here("ip address del 10.2.0.2/24 dev e1");
    here("ip address add 10.2.0.2/24 dev br0");
    EXPECT_EQ(resolve("br0", "10.2.0.1").text(), p1_via("10.2.0.1"));
    EXPECT_EQ(resolve("e1", "10.2.0.1").text(),
              "route to 10.2.0.1 leaves by br0, not by egress interface e1; cure: e1 is a port of "
              "bridge 'br0', which takes the answers: make br0 the egress interface");
}

TEST_F(NextHopNetwork, Bond) {
    if (!can("ip link add bond7 type bond mode active-backup")) {
        GTEST_SKIP() << "this kernel has no bond devices";
    }
    here("ip link set e1 down");
    here("ip link set e1 master bond7");
    here("ip link set bond7 up");
    here("ip address add 10.2.0.2/24 dev bond7");
    EXPECT_EQ(resolve("bond7", "10.2.0.1").text(), p1_via("10.2.0.1"));
    EXPECT_EQ(link("bond7").kind, "bond");
    EXPECT_EQ(link("e1").master_name, "bond7");
    EXPECT_EQ(link("e1").master_kind, "bond");
}

TEST_F(NextHopNetwork, Vlan) {
    if (!can("ip link add link e1 name e1.7 type vlan id 7")) {
        GTEST_SKIP() << "this kernel has no VLAN devices";
    }
    there("ip link add link p1 name p1.7 type vlan id 7");
    here("ip link set e1.7 up");
    there("ip link set p1.7 up");
    here("ip address add 10.7.0.2/24 dev e1.7");
    there("ip address add 10.7.0.1/24 dev p1.7");
    EXPECT_EQ(resolve("e1.7", "10.7.0.1").text(), p1_via("10.7.0.1"));
    EXPECT_EQ(link("e1.7").kind, "vlan");
    EXPECT_EQ(link("e1.7").driver, "802.1Q VLAN Support");
}

TEST_F(NextHopNetwork, VrfPortUsesItsOwnTable) {
    if (!can("ip link add red type vrf table 70")) GTEST_SKIP() << "this kernel has no VRFs";
    here("ip link set red up");
    here("ip link set e1 master red");
    here("ip route add 10.3.0.0/16 via 10.2.0.1 vrf red");
    EXPECT_EQ(resolve("e1", "10.3.0.12").text(), p1_via("10.2.0.1"));
    EXPECT_EQ(resolve("e1", ip("10.2.0.1"), "10.99.0.1").text(), p1_via("10.2.0.1"));
    EXPECT_EQ(resolve("e1", "10.4.0.1").text(),
              "no route to 10.4.0.1 by egress interface e1" + route_cure("10.4.0.1/32"));
}

// ---- the machine does not play along ----

void drop_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2]{};
    if (::syscall(SYS_capset, &header, none) != 0) ::_exit(3);
}

TEST_F(NextHopNetwork, MissingCapability) {
    const auto attempt = [&] {
        drop_capabilities();
        std::fprintf(stderr, "%s\n", resolve("e1", "10.2.0.1").text().c_str());
        ::_exit(0);
    };
    EXPECT_EXIT(attempt(), ::testing::ExitedWithCode(0),
                "^ask for neighbour 10.2.0.1: the kernel refuses \\(needs CAP_NET_ADMIN\\): "
                "Operation not permitted\n$");
}

TEST_F(NextHopNetwork, KernelsOwnWords) {
    auto neighbours = KernelNeighbours::make(socket());
    ASSERT_TRUE(neighbours);
    const auto found = neighbours->find({9999, ip("10.2.0.1")});
    ASSERT_FALSE(found);
    EXPECT_EQ(message(found.error()),
              "read neighbour 10.2.0.1: the kernel refuses with 'Unknown device ifindex': No such "
              "device");
}

TEST_F(NextHopNetwork, LostEventsAreTold) {
    auto events = NetlinkSocket::open(NETLINK_ROUTE);
    ASSERT_TRUE(events && events->subscribe(RTNLGRP_NEIGH));
    const int least = 1;
    ASSERT_EQ(::setsockopt(events->fd(), SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)), 0);
    here("for i in $(seq 10 60); do echo neigh replace 10.2.0.$i dev e1 lladdr " + kOldMac +
         " nud permanent; done | ip -batch -");
    const auto first = events->receive_events();
    ASSERT_TRUE(first) << message(first.error());
    EXPECT_TRUE(first->lost);
    const auto second = events->receive_events();
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->lost);
}

}  // namespace
}  // namespace xdpmirror
