// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which side a failure is on, and by which way questions leave. The collectors are 10.9.0.x, behind tunnels.
#include "prober_test.h"
#include "server.h"
#include "tun.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

class Way : public ProberTest {
  protected:
    // One of each kind, by this device.
    std::vector<HealthTarget> one_of_each(const std::string& interface) {
        std::vector<HealthTarget> all = {
            target("tcp", "10.9.0.2", TcpCheck{80}), target("http", "10.9.0.2", HttpCheck{.port = 80}),
            target("icmp", "10.9.0.2", IcmpCheck{}), target("udp", "10.9.0.2", UdpCheck{2055})};
        for (auto& each : all) each.interface = interface;
        return all;
    }
    static constexpr const char* kKinds[] = {"tcp", "http", "icmp", "udp"};
};

TEST_F(Way, SilenceIsTheCollectorsAndGoodForUdp) {
    Tun tun(loop(), "tun0", "10.9.0.1/24");
    start(one_of_each("tun0"));
    for (const auto* id : {"tcp", "http", "icmp"}) await(id, HealthStatus::down, "no answer within 100ms");
    await("udp", HealthStatus::up, "");
}

TEST_F(Way, AMissingDeviceSaysNothingAboutTheCollector) {
    start(one_of_each("tun9"));
    for (const auto* id : kKinds) {
        await_questions(id, 5);
        await_way_down(id, "no such device");
        EXPECT_EQ(last(id).status, HealthStatus::unknown) << id;
    }
}

TEST_F(Way, NoRouteSaysNothingAboutTheCollector) {
    start(one_of_each(""));
    for (const auto* id : kKinds) {
        await_questions(id, 5);
        await_way_down(id, "network unreachable");
        EXPECT_EQ(last(id).status, HealthStatus::unknown) << id;
    }
}

TEST_F(Way, ABlackholeSaysNothingAboutTheCollector) {
    run("ip route add blackhole 10.9.0.0/24");
    start(one_of_each(""));
    for (const auto* id : kKinds) await_way_down(id, "the route is a blackhole");
    run("ip route delete blackhole 10.9.0.0/24");
}

TEST_F(Way, ATunnelThatGoesDownLeavesTheCollectorUp) {
    Tun tun(loop(), "tun0", "10.9.0.1/24", echo_reply);
    auto icmp = target("icmp", "10.9.0.2", IcmpCheck{});
    icmp.interface = "tun0";
    start({icmp});
    await("icmp", HealthStatus::up, "");
    run("ip link set tun0 down");
    await("icmp", "way down", [](const HealthFinding& finding) { return finding.way_down; });
    await_questions("icmp", 10);
    EXPECT_TRUE(last("icmp").way_down) << last("icmp").why;
    EXPECT_EQ(last("icmp").status, HealthStatus::up);
    EXPECT_EQ(last("icmp").transitions, 0U);
    run("ip link set tun0 up");
    await("icmp", HealthStatus::up, "");
    tun.set({});
    await("icmp", HealthStatus::down, "no answer within 100ms");
}

TEST_F(Way, ARouterThatFindsNoHostIsAboutTheCollector) {
    Tun tun(loop(), "tun0", "10.9.0.1/24", unreachable(3, 1, "10.7.7.7"));
    start(one_of_each("tun0"));
    for (const auto* id : kKinds) await(id, HealthStatus::down, "host unreachable, says 10.7.7.7");
}

TEST_F(Way, ARouterThatHasNoRouteIsAboutTheWay) {
    Tun tun(loop(), "tun0", "10.9.0.1/24", unreachable(3, 0, "10.7.7.7"));
    start(one_of_each("tun0"));
    for (const auto* id : kKinds) {
        await_way_down(id, "network unreachable, says 10.7.7.7");
        EXPECT_EQ(last(id).status, HealthStatus::unknown) << id;
    }
}

TEST_F(Way, ACircleIsAboutTheWay) {
    Tun tun(loop(), "tun0", "10.9.0.1/24", unreachable(11, 0, "10.7.7.7"));
    start({target("icmp", "10.9.0.2", IcmpCheck{}), target("udp", "10.9.0.2", UdpCheck{1})});
    await_way_down("icmp", "host unreachable, says 10.7.7.7");
    await_way_down("udp", "host unreachable, says 10.7.7.7");
}

TEST_F(Way, ANeighbourOfOursThatIsNotThereIsAboutTheWay) {
    run("ip link add e0 type veth peer name e1 && ip link set e0 up && ip link set e1 up && "
        "ip address add 10.9.0.1/24 dev e0 && sysctl -qw net.ipv4.neigh.e0.retrans_time_ms=10");
    // A bound socket of UDP or ICMP is not told (Linux 6.18): the error comes in by lo.
    auto all = one_of_each("e0");
    all.resize(2);
    for (auto& each : all) each.health.every = each.health.timeout = 1s;
    start(all);
    for (const auto* id : {"tcp", "http"}) {
        await_way_down(id, "host unreachable");
        EXPECT_EQ(last(id).status, HealthStatus::unknown) << id;
    }
    run("ip link delete e0");
}

TEST_F(Way, RetargetedQuestionsLeaveByTheNewDevice) {
    Tun old_way(loop(), "tun0", "10.9.0.1/24");
    Tun new_way(loop(), "tun1", "10.9.1.1/24", echo_reply);
    run("ip route add 10.9.0.0/24 dev tun1 metric 100");
    auto icmp = target("icmp", "10.9.0.2", IcmpCheck{});
    icmp.interface = "tun0";
    start({icmp});
    await("icmp", HealthStatus::down, "no answer within 100ms");
    EXPECT_GT(old_way.packets(), 0U);
    EXPECT_EQ(new_way.packets(), 0U);

    prober().retarget("icmp", "tun1", 0);
    prober().retarget("nobody", "tun1", 0);
    await("icmp", HealthStatus::up, "");
    const auto before = old_way.packets();
    await_questions("icmp", 5);
    EXPECT_EQ(old_way.packets(), before);
    EXPECT_GT(new_way.packets(), 0U);
}

TEST_F(Way, TheMarkChoosesTheRoute) {
    Tun unmarked(loop(), "tun0", "10.9.0.1/24");
    Tun marked(loop(), "tun1", "10.9.1.1/24", echo_reply);
    run("ip rule add fwmark 7 lookup 100 && ip route add 10.9.0.0/24 dev tun1 table 100");
    start({target("icmp", "10.9.0.2", IcmpCheck{})});
    await("icmp", HealthStatus::down, "no answer within 100ms");
    EXPECT_EQ(marked.packets(), 0U);
    prober().retarget("icmp", "", 7);
    await("icmp", HealthStatus::up, "");
    run("ip rule delete fwmark 7 lookup 100");
}

TEST_F(Way, FailuresByTheOldWayAreForgotten) {
    Tun tun(loop(), "tun0", "10.9.0.1/24");
    auto icmp = target("icmp", "10.9.0.2", IcmpCheck{});
    icmp.interface = "tun0";
    start({icmp});
    for (int i = 0; i < 5; ++i) {
        await_questions("icmp", 2);
        ASSERT_EQ(last("icmp").status, HealthStatus::unknown) << "two failures each time, three are needed";
        prober().retarget("icmp", i % 2 ? "tun0" : "", 0);
    }
    await_questions("icmp", 3);
    EXPECT_EQ(last("icmp").status, HealthStatus::down);
}

TEST_F(Way, WhileOthersSayThatItIsDownFailuresDoNotCount) {
    Tun tun(loop(), "tun0", "10.9.0.1/24");
    start(one_of_each("tun0"));
    prober().set_way_down("nobody", "x");
    for (const auto* id : kKinds) prober().set_way_down(id, "its probe 10.9.0.99 does not answer");
    for (const auto* id : kKinds) {
        await_questions(id, 5);
        EXPECT_EQ(last(id).status, HealthStatus::unknown) << id << ": silence is no good news either";
        EXPECT_TRUE(last(id).way_down);
        EXPECT_EQ(last(id).why, "its probe 10.9.0.99 does not answer");
    }
    tun.set(echo_reply);
    await("icmp", HealthStatus::up, "");
    tun.set({});
    await_questions("icmp", 10);
    EXPECT_EQ(last("icmp").status, HealthStatus::up);
    prober().set_way_down("icmp", "");
    await("icmp", HealthStatus::down, "no answer within 100ms");
}

}  // namespace
}  // namespace xdpmirror
