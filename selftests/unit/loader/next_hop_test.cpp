// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Resolving a next hop against a routing table and a neighbour that are made up: no MAC is believed
// that nobody vouches for, and every refusal names the thing and the cure. Time is made up as well.
#include "loader/next_hop.h"

#include <gtest/gtest.h>
#include <linux/if_arp.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using Nanoseconds = std::chrono::nanoseconds;
using State = Neighbour::State;

constexpr unsigned kEgress = 7;
constexpr unsigned kOther = 8;
constexpr auto kTimeout = 4s;  // so that the remembered MAC has one second to answer

IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}
MacAddress mac(const char* text) {
    return MacAddress::parse(text).value();
}

const IpAddress kCollector = ip("10.3.0.12");
const IpAddress kGateway = ip("10.2.0.1");
const MacAddress kOldMac = mac("02:00:00:00:00:01");
const MacAddress kNewMac = mac("02:00:00:00:00:02");

class FakeRoutes : public RouteTable {
  public:
    Route own;        // of the machine
    Route by;         // among those of the egress
    int fail_at = 0;  // the call that fails, from 1
    int calls = 0;

    Result<Route> lookup(const IpAddress&) override { return answer(own); }
    Result<Route> lookup_by(const IpAddress&, unsigned ifindex) override {
        EXPECT_EQ(ifindex, kEgress);
        return answer(by);
    }

  private:
    Result<Route> answer(const Route& route) {
        if (++calls == fail_at) return Error{"routes are out of order"};
        return route;
    }
};

// One neighbour. What happens to it is a list of moments; time only passes in wait().
class FakeNeighbours : public NeighbourTable {
  public:
    std::optional<Neighbour> entry;
    std::map<Nanoseconds, std::function<void(FakeNeighbours&)>> events;
    std::function<void(FakeNeighbours&)> on_confirm = [](FakeNeighbours&) {};
    std::function<void(FakeNeighbours&)> on_discover = [](FakeNeighbours&) {};
    std::vector<std::string> asked;  // "confirm@0ms"
    std::vector<IpAddress> looked_for;
    int fail_at = 0;
    int calls = 0;
    Nanoseconds now{0};

    void set(State state, std::optional<MacAddress> address = std::nullopt) {
        entry = Neighbour{.key = {kEgress, kGateway}, .state = state, .mac = address};
    }
    void at(Nanoseconds time, State state, std::optional<MacAddress> address = std::nullopt) {
        events[time] = [=](FakeNeighbours& table) { table.set(state, address); };
    }

    Result<std::optional<Neighbour>> find(const NeighbourKey& key) override {
        if (auto error = count()) return *error;
        EXPECT_EQ(key.ifindex, kEgress);
        looked_for.push_back(key.address);
        return entry;
    }
    Result<> confirm(const Neighbour&) override { return ask("confirm", on_confirm); }
    Result<> discover(const Neighbour&) override { return ask("discover", on_discover); }

    Result<Nanoseconds> wait(const NeighbourKey&, Nanoseconds time) override {
        if (auto error = count()) return *error;
        const auto next = events.begin();
        if (next == events.end() || next->first > now + time) {
            now += time;
            return Nanoseconds{0};
        }
        const Nanoseconds left = now + time - std::max(now, next->first);
        now = std::max(now, next->first);
        const auto happens = next->second;
        events.erase(next);
        happens(*this);
        return left;
    }

  private:
    std::optional<Error> count() {
        if (++calls == fail_at) return Error{"neighbours are out of order"};
        return std::nullopt;
    }
    Result<> ask(const std::string& how, const std::function<void(FakeNeighbours&)>& then) {
        if (auto error = count()) return *error;
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
        asked.push_back(how + "@" + std::to_string(ms) + "ms");
        then(*this);
        return Ok{};
    }
};

using Asked = std::vector<std::string>;

class NextHopTest : public ::testing::Test {
  protected:
    NextHopTest() {
        egress.ifindex = kEgress;
        egress.name = "eth1";
        egress.arp_type = ARPHRD_ETHER;
        egress.mtu = 1500;
        egress.up = true;
        egress.carrier = true;
        routes.own = {.kind = Route::Kind::unicast,
                      .ifindex = kEgress,
                      .interface = "eth1",
                      .gateway = kGateway};
        routes.by = routes.own;
        neighbours.set(State::reachable, kOldMac);
    }

    Result<NextHop> resolve(const NextHopChoice& choice = NextHopAuto{},
                            std::chrono::milliseconds timeout = kTimeout) {
        return resolve_next_hop(routes, neighbours, egress, choice, kCollector, timeout);
    }
    std::string refused(const NextHopChoice& choice = NextHopAuto{},
                        std::chrono::milliseconds timeout = kTimeout) {
        const auto hop = resolve(choice, timeout);
        return hop ? "resolved to " + hop->mac.text() : hop.error().what;
    }
    // The MAC it ends with, or the error.
    std::string outcome() {
        const auto hop = resolve();
        return hop ? hop->mac.text() : hop.error().what;
    }

    LinkInfo egress;
    FakeRoutes routes;
    FakeNeighbours neighbours;
};

const char* const kNoAnswer =
    "next hop 10.2.0.1 does not answer ARP on eth1 within 4 s; cure: check the address, the VLAN "
    "and what filters on the way, or set next_hop to its MAC";

// ---- which neighbour ----

TEST_F(NextHopTest, RouteWithGateway) {
    const auto hop = resolve();
    ASSERT_TRUE(hop) << hop.error().what;
    EXPECT_EQ(hop->mac, kOldMac);
    EXPECT_EQ(hop->via, kGateway);
    EXPECT_EQ(hop->ifindex, kEgress);
    EXPECT_EQ(hop->from, NextHop::From::route);
    EXPECT_EQ(neighbours.looked_for, std::vector{kGateway});
}

TEST_F(NextHopTest, OnLinkCollectorIsItsOwnNextHop) {
    routes.by.gateway.reset();
    const auto hop = resolve();
    ASSERT_TRUE(hop) << hop.error().what;
    EXPECT_EQ(hop->via, kCollector);
    EXPECT_EQ(neighbours.looked_for, std::vector{kCollector});
}

TEST_F(NextHopTest, GatewayOfTheOtherFamily) {
    routes.by.gateway = ip("fe80::1");
    const auto hop = resolve();
    ASSERT_TRUE(hop) << hop.error().what;
    EXPECT_EQ(hop->via, ip("fe80::1"));
}

// The egress is what the profile says: its own route counts, also when another is better.
TEST_F(NextHopTest, RouteOfTheEgressBeatsTheMachinesBetterOne) {
    routes.own = {.kind = Route::Kind::unicast, .ifindex = kOther, .interface = "eth0"};
    const auto hop = resolve();
    ASSERT_TRUE(hop) << hop.error().what;
    EXPECT_EQ(hop->via, kGateway);
}

TEST_F(NextHopTest, ChosenAddressOnTheLink) {
    routes.by.gateway.reset();
    const auto hop = resolve(ip("10.2.0.9"));
    ASSERT_TRUE(hop) << hop.error().what;
    EXPECT_EQ(hop->from, NextHop::From::address);
    EXPECT_EQ(hop->via, ip("10.2.0.9"));
    EXPECT_EQ(neighbours.looked_for, std::vector{ip("10.2.0.9")});
}

TEST_F(NextHopTest, FixedMacAsksNobody) {
    const auto hop = resolve(kNewMac);
    ASSERT_TRUE(hop) << hop.error().what;
    EXPECT_EQ(hop->mac, kNewMac);
    EXPECT_EQ(hop->from, NextHop::From::fixed);
    EXPECT_EQ(hop->via, std::nullopt);
    EXPECT_EQ(hop->mtu, 1500u);
    EXPECT_EQ(routes.calls + neighbours.calls, 0);
}

TEST_F(NextHopTest, MtuIsTheSmaller) {
    const struct { std::uint32_t route, want; } cases[] = {{0, 1500}, {1300, 1300}, {9000, 1500}};
    for (const auto& each : cases) {
        routes.by.mtu = each.route;
        const auto hop = resolve();
        ASSERT_TRUE(hop) << hop.error().what;
        EXPECT_EQ(hop->mtu, each.want) << "route " << each.route;
    }
}

// ---- whether its MAC may be believed ----

TEST_F(NextHopTest, ReachableAndPermanentAreBelievedAtOnce) {
    for (const State state : {State::reachable, State::permanent, State::noarp}) {
        neighbours.set(state, kOldMac);
        EXPECT_EQ(outcome(), kOldMac.text());
    }
    EXPECT_EQ(neighbours.asked, Asked{});
}

TEST_F(NextHopTest, StaleIsConfirmed) {
    for (const State state : {State::stale, State::delay}) {
        neighbours = {};
        neighbours.set(state, kOldMac);
        neighbours.on_confirm = [](FakeNeighbours& table) {
            table.set(State::probe, kOldMac);
            table.at(1ms, State::reachable, kOldMac);
        };
        EXPECT_EQ(outcome(), kOldMac.text());
        EXPECT_EQ(neighbours.asked, Asked{"confirm@0ms"});
    }
}

TEST_F(NextHopTest, StaleWithAnotherMacByNowIsDiscoveredAnew) {
    neighbours.set(State::stale, kOldMac);
    neighbours.on_confirm = [](FakeNeighbours& table) { table.set(State::probe, kOldMac); };
    neighbours.on_discover = [](FakeNeighbours& table) {
        table.set(State::incomplete);
        table.at(1001ms, State::reachable, kNewMac);
    };
    EXPECT_EQ(outcome(), kNewMac.text());
    EXPECT_EQ(neighbours.asked, (Asked{"confirm@0ms", "discover@1000ms"}));
}

// Other changes of the entry wake the wait, but do not make it ask again or earlier.
TEST_F(NextHopTest, IsAskedOnceHoweverOftenTheEntryChanges) {
    neighbours.set(State::stale, kOldMac);
    neighbours.at(10ms, State::delay, kOldMac);
    neighbours.at(20ms, State::probe, kOldMac);
    neighbours.at(30ms, State::stale, kOldMac);
    neighbours.at(40ms, State::reachable, kOldMac);
    EXPECT_EQ(outcome(), kOldMac.text());
    EXPECT_EQ(neighbours.asked, Asked{"confirm@0ms"});
}

TEST_F(NextHopTest, ProbeUnderWayIsNotAskedForAgain) {
    neighbours.set(State::probe, kOldMac);
    neighbours.at(5ms, State::reachable, kOldMac);
    EXPECT_EQ(outcome(), kOldMac.text());
    EXPECT_EQ(neighbours.asked, Asked{});
}

TEST_F(NextHopTest, StaleThatNeverAnswersIsNotResolved) {
    neighbours.set(State::stale, kOldMac);
    neighbours.on_discover = [](FakeNeighbours& table) { table.set(State::incomplete); };
    EXPECT_EQ(outcome(), kNoAnswer);
    EXPECT_EQ(neighbours.asked, (Asked{"confirm@0ms", "discover@1000ms"}));
    EXPECT_EQ(neighbours.now, kTimeout);
}

TEST_F(NextHopTest, UnknownIsDiscovered) {
    neighbours.entry.reset();
    neighbours.on_discover = [](FakeNeighbours& table) {
        table.set(State::incomplete);
        table.at(2ms, State::reachable, kNewMac);
    };
    EXPECT_EQ(outcome(), kNewMac.text());
    EXPECT_EQ(neighbours.asked, Asked{"discover@0ms"});
}

TEST_F(NextHopTest, DiscoveryUnderWayIsWaitedFor) {
    neighbours.set(State::incomplete);
    neighbours.at(900ms, State::reachable, kNewMac);
    EXPECT_EQ(outcome(), kNewMac.text());
    EXPECT_EQ(neighbours.asked, Asked{});
}

TEST_F(NextHopTest, FailedIsAskedForAgainUntilTheTimeIsUp) {
    neighbours.set(State::failed);
    neighbours.on_discover = [](FakeNeighbours& table) {
        table.set(State::incomplete);
        table.at(table.now + 3s, State::failed);
    };
    EXPECT_EQ(outcome(), kNoAnswer);
    EXPECT_EQ(neighbours.asked, (Asked{"discover@0ms", "discover@3000ms"}));
    EXPECT_EQ(neighbours.now, kTimeout);
}

TEST_F(NextHopTest, AnswerAtTheLastMomentCounts) {
    neighbours.set(State::incomplete);
    neighbours.at(kTimeout, State::reachable, kNewMac);
    EXPECT_EQ(outcome(), kNewMac.text());
}

TEST_F(NextHopTest, MacOfNoStationIsNotBelieved) {
    for (const char* none : {"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01"}) {
        neighbours.set(State::permanent, mac(none));
        EXPECT_EQ(outcome(), kNoAnswer) << none;
    }
}

TEST_F(NextHopTest, DeviceWithoutArp) {
    egress.asks_neighbours = false;
    neighbours.set(State::permanent, kOldMac);
    EXPECT_EQ(outcome(), kOldMac.text());
    // What the kernel makes by itself there holds the device's own MAC.
    neighbours.set(State::noarp, kOldMac);
    EXPECT_EQ(outcome(),
              "next hop 10.2.0.1 cannot be asked for, eth1 does no ARP (NOARP); cure: ip link set "
              "dev eth1 arp on, or set next_hop to its MAC");
    EXPECT_EQ(neighbours.asked, Asked{});
    EXPECT_EQ(neighbours.now, 0s);
}

// ---- refusals ----

TEST_F(NextHopTest, NoAnswerNamesProtocolAndTime) {
    routes.by.gateway = ip("fe80::1");
    neighbours.set(State::incomplete);
    EXPECT_EQ(
        refused(NextHopAuto{}, 250ms),
        "next hop fe80::1 does not answer neighbour discovery on eth1 within 250 ms; cure: "
        "check the address, the VLAN and what filters on the way, or set next_hop to its MAC");
}

TEST_F(NextHopTest, NoAnswerAtThePortOfABond) {
    egress.master = kOther;
    egress.master_name = "bond0";
    egress.master_kind = "bond";
    neighbours.set(State::incomplete);
    EXPECT_EQ(refused(),
              "next hop 10.2.0.1 does not answer ARP on eth1 within 4 s; cure: eth1 is a port of "
              "bond 'bond0', which takes the answers: make bond0 the egress interface, or set "
              "next_hop to its MAC");
    egress.master_kind = "vrf";  // a port of a VRF keeps its answers
    EXPECT_EQ(refused(), kNoAnswer);
}

TEST_F(NextHopTest, Routes) {
    using Kind = Route::Kind;
    const std::string cure =
        "; cure: ip route add 10.3.0.12/32 via GATEWAY dev eth1, or set "
        "next_hop to an address or a MAC";
    const std::string own_address =
        "collector 10.3.0.12 is an address of this machine; cure: set the collector's own address";
    const Route egress_route{.kind = Kind::unicast, .ifindex = kEgress, .interface = "eth1"};
    const struct {
        Route own, by;
        std::string want;
    } cases[] = {
        {{}, {}, "no route to 10.3.0.12 by egress interface eth1" + cure},
        {egress_route, {}, "no route to 10.3.0.12 by egress interface eth1" + cure},
        {{.kind = Kind::unicast, .ifindex = kOther, .interface = "eth0"},
         {},
         "route to 10.3.0.12 leaves by eth0, not by egress interface eth1" + cure},
        {{.kind = Kind::blackhole}, {}, "route to 10.3.0.12 is of type blackhole" + cure},
        {{.kind = Kind::unreachable}, {}, "route to 10.3.0.12 is of type unreachable" + cure},
        {{.kind = Kind::prohibit}, {}, "route to 10.3.0.12 is of type prohibit" + cure},
        {egress_route, {.kind = Kind::prohibit}, "route to 10.3.0.12 is of type prohibit" + cure},
        {{.kind = Kind::local}, egress_route, own_address},
        {egress_route, {.kind = Kind::local}, own_address},
        {{.kind = Kind::broadcast},
         {.kind = Kind::broadcast},
         "collector 10.3.0.12 is a broadcast or multicast address; cure: set the address of one "
         "collector"},
        {egress_route,
         {.kind = Kind::unicast, .ifindex = kEgress, .gateway = kGateway, .encapsulated = true},
         "route to 10.3.0.12 by eth1 adds an encapsulation, which this version does not" + cure},
    };
    for (const auto& each : cases) {
        routes.own = each.own;
        routes.by = each.by;
        EXPECT_EQ(refused(), each.want);
    }
    EXPECT_EQ(neighbours.calls, 0);
}

TEST_F(NextHopTest, ChosenAddressElsewhere) {
    const std::string want =
        "next hop 10.9.0.1 is not a neighbour on eth1: no connected network of eth1 holds it; "
        "cure: "
        "set an address of such a network, its MAC, or ip route add 10.9.0.1/32 dev eth1 scope "
        "link";
    EXPECT_EQ(refused(ip("10.9.0.1")), want);  // behind a gateway
    routes.by = {};
    EXPECT_EQ(refused(ip("10.9.0.1")), want);
    routes.own.kind = Route::Kind::local;
    EXPECT_EQ(refused(ip("10.9.0.1")),
              "next hop 10.9.0.1 is an address of this machine; cure: set the neighbour's own "
              "address");
    EXPECT_EQ(neighbours.calls, 0);
}

TEST_F(NextHopTest, FixedMacOfNoStation) {
    EXPECT_EQ(refused(mac("01:00:5e:00:00:01")),
              "next_hop 01:00:5e:00:00:01 is not the MAC of one station; cure: set a unicast MAC");
    EXPECT_EQ(refused(MacAddress{}),
              "next_hop 00:00:00:00:00:00 is not the MAC of one station; cure: set a unicast MAC");
}

TEST_F(NextHopTest, Interfaces) {
    const LinkInfo good = egress;
    egress.carrier = false;
    EXPECT_EQ(refused(),
              "egress interface eth1 has no carrier, so no next hop can be asked; cure: check its "
              "cable or its peer, or set next_hop to a MAC");
    EXPECT_EQ(refused(kNewMac), "resolved to " + kNewMac.text());
    egress.up = false;
    EXPECT_EQ(refused(), "egress interface eth1 is down; cure: ip link set dev eth1 up");
    EXPECT_EQ(refused(kNewMac), "egress interface eth1 is down; cure: ip link set dev eth1 up");
    egress = good;
    egress.arp_type = ARPHRD_NONE;
    egress.kind = "wireguard";
    EXPECT_EQ(
        refused(kNewMac),
        "egress interface eth1 (wireguard) has no Ethernet addresses; cure: choose an Ethernet "
        "interface as egress");
}

// ---- what the kernel refuses is passed on, whichever call it is ----

TEST_F(NextHopTest, FailingRouteCalls) {
    for (int call = 1; call <= 2; ++call) {
        routes.calls = 0;
        routes.fail_at = call;
        EXPECT_EQ(refused(), "routes are out of order") << "call " << call;
        routes.calls = 0;
        EXPECT_EQ(refused(kGateway), "routes are out of order") << "call " << call;
    }
}

TEST_F(NextHopTest, FailingNeighbourCalls) {
    // find, confirm, wait (first part), find, discover, wait (rest)
    for (int call = 1; call <= 6; ++call) {
        neighbours = {};
        neighbours.set(State::stale, kOldMac);
        neighbours.fail_at = call;
        EXPECT_EQ(refused(), "neighbours are out of order") << "call " << call;
    }
}

}  // namespace
}  // namespace xdpmirror
