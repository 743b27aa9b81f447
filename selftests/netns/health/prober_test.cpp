// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The rig, and what of the prober is not about answers.
#include "prober_test.h"

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "server.h"

namespace xdpmirror {

using namespace std::chrono_literals;

IpAddress ip(const std::string& text) {
    return IpAddress::parse(text).value();
}

void run(const std::string& command) {
    const int status = std::system(command.c_str());
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << command;
}

HealthTarget ProberTest::target(const std::string& id, const std::string& address,
                                decltype(Health::check) check) {
    return {id, ip(address), "", 0,
            Health{.check = std::move(check), .every = 100ms, .timeout = 100ms}};
}

void ProberTest::start(std::vector<HealthTarget> targets) {
    auto made = HealthProber::make(loop_, std::move(targets), [this](const HealthFinding& finding) -> Result<> {
        last_[finding.id] = finding;
        if (holds_ && holds_(finding)) loop_.stop();
        return Ok{};
    });
    ASSERT_TRUE(made) << one_line(made.error());
    prober_ = std::move(*made);
}

void ProberTest::await_all(const std::string& what, const Want& holds) {
    constexpr auto kVeryLong = 60s;
    auto guard = Timer::make(loop_, [&]() -> Result<> {
        std::string all;
        for (const auto& [id, each] : last_)
            all += fmt::format("{}: {} '{}'\n", id, name_of(each.status), each.why);
        return Error{what + " does not come; " + all.substr(0, 2000)};
    });
    ASSERT_TRUE(guard && guard->set(Timer::Time::clock::now() + kVeryLong));
    holds_ = holds;
    const auto done = loop_.run();
    holds_ = nullptr;
    ASSERT_TRUE(done) << one_line(done.error());
}

void ProberTest::await(const std::string& id, const std::string& what, const Want& want) {
    await_all(id + ": " + what, [id, want](const HealthFinding& finding) {
        return finding.id == id && want(finding);
    });
}

void ProberTest::await(const std::string& id, HealthStatus status, const std::string& why) {
    await(id, fmt::format("{} '{}'", name_of(status), why), [&](const HealthFinding& finding) {
        return finding.status == status && finding.why == why && !finding.way_down;
    });
}

void ProberTest::await_way_down(const std::string& id, const std::string& why) {
    await(id, "way down '" + why + "'", [&](const HealthFinding& finding) {
        return finding.way_down && finding.why == why;
    });
}

void ProberTest::await_questions(const std::string& id, std::uint64_t count) {
    std::uint64_t until = 0;
    for (const auto& finding : prober_->findings(HealthProber::Time::clock::now()))
        if (finding.id == id) until = finding.asked + count;
    await(id, "questions", [until](const HealthFinding& finding) { return finding.asked >= until; });
}

namespace {

class Prober : public ProberTest {};

TEST_F(Prober, NobodyIsAskedWithoutTargets) {
    start({});
    EXPECT_TRUE(prober().findings(HealthProber::Time::clock::now()).empty());
}

TEST_F(Prober, FindingsAreInOrderAndUnknownAtFirst) {
    start({target("b", "127.0.0.1", TcpCheck{1}), target("a", "127.0.0.2", TcpCheck{1})});
    const auto findings = prober().findings(HealthProber::Time::clock::now());
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[0].id, "b");
    EXPECT_EQ(findings[1].id, "a");
    for (const auto& finding : findings) {
        EXPECT_EQ(finding.status, HealthStatus::unknown);
        EXPECT_EQ(finding.why, "");
        EXPECT_EQ(finding.asked, 0U);
        EXPECT_FALSE(finding.way_down || finding.damped);
    }
}

TEST_F(Prober, ADownCollectorComesUpAgainAndIsCounted) {
    Server server(loop(), "127.0.0.1");
    const auto port = server.port();
    start({target("a", "127.0.0.1", TcpCheck{port})});
    await("a", HealthStatus::up, "");
    EXPECT_EQ(last("a").transitions, 0U);
    const auto came = last("a").changed;
    server.close();
    await("a", HealthStatus::down, "connection refused");
    EXPECT_EQ(last("a").transitions, 1U);
    EXPECT_GT(last("a").changed, came);
    server.open(port);
    await("a", HealthStatus::up, "");
    EXPECT_EQ(last("a").transitions, 2U);
}

TEST_F(Prober, OneThatFlapsIsHeld) {
    Server server(loop(), "127.0.0.1");
    const auto port = server.port();
    auto quick = target("a", "127.0.0.1", TcpCheck{port});
    quick.health.rise = quick.health.fall = 1;
    // A half-life is 1.2 s; on a machine that is so slow that points vanish, more falls are needed.
    start({quick});
    await("a", HealthStatus::up, "");
    for (int i = 0; i < 200 && last("a").status != HealthStatus::held; ++i) {
        server.close();
        await("a", HealthStatus::down, "connection refused");
        server.open(port);
        await("a", "an answer", [](const HealthFinding& finding) { return finding.why.empty(); });
    }
    EXPECT_EQ(last("a").status, HealthStatus::held);
    EXPECT_TRUE(last("a").damped);
    await("a", HealthStatus::up, "");
    EXPECT_FALSE(last("a").damped);
    EXPECT_EQ(last("a").changed, last("a").damped_until);
}

TEST_F(Prober, AnErrorOfTheListenerEndsTheLoop) {
    auto made = HealthProber::make(loop(), {target("a", "127.0.0.1", TcpCheck{1})},
                                   [](const HealthFinding&) -> Result<> { return Error{"enough"}; });
    ASSERT_TRUE(made);
    const auto done = loop().run();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().what, "enough");
}

// Nothing is read for longer than an answer is awaited, again and again.
TEST_F(Prober, WhenTheLoopIsLateNobodyIsBlamed) {
    Server server(loop(), "127.0.0.1");
    std::optional<Timer> stall;
    auto made = Timer::make(loop(), [&]() -> Result<> {
        ::usleep(250'000);
        return stall->set(Timer::Time::clock::now() + 10ms);
    });
    ASSERT_TRUE(made);
    stall.emplace(std::move(*made));
    ASSERT_TRUE(stall->set({}));
    start({target("icmp", "127.0.0.1", IcmpCheck{}), target("tcp", "127.0.0.1", TcpCheck{server.port()}),
           target("http", "127.0.0.1", HttpCheck{.port = server.port()})});
    for (int i = 0; i < 10; ++i) {
        for (const char* id : {"icmp", "tcp"}) {
            await_questions(id, 1);
            EXPECT_EQ(last(id).why, "") << id << ": the answer was there, and is read late";
        }
    }
    await_way_down("http", "this host was too busy to hear it");
}

TEST_F(Prober, NothingIsAskedAfterItIsGone) {
    Server server(loop(), "127.0.0.1");
    start({target("a", "127.0.0.1", TcpCheck{server.port()}),
           target("b", "127.0.0.1", HttpCheck{.port = server.port()}),
           target("c", "127.0.0.1", UdpCheck{server.port()}), target("d", "127.0.0.1", IcmpCheck{})});
    await("b", HealthStatus::down, "no answer within 100ms");
    auto made = HealthProber::make(loop(), {target("z", "127.0.0.1", TcpCheck{1})},
                                   [this](const HealthFinding&) -> Result<> {
                                       loop().stop();
                                       return Ok{};
                                   });
    ASSERT_TRUE(made);
    start({});
    EXPECT_TRUE(loop().run()) << "and nobody calls what is gone";
}

TEST_F(Prober, WithoutRawSocketsIcmpIsRefusedInOneLine) {
    ASSERT_EQ(::seteuid(65534), 0);
    auto made = HealthProber::make(loop(), {target("a", "127.0.0.1", IcmpCheck{})},
                                   [](const HealthFinding&) -> Result<> { return Ok{}; });
    auto without = HealthProber::make(loop(), {target("a", "127.0.0.1", TcpCheck{1})},
                                      [](const HealthFinding&) -> Result<> { return Ok{}; });
    ASSERT_EQ(::seteuid(0), 0);
    ASSERT_FALSE(made);
    EXPECT_EQ(one_line(made.error()),
              "health checks by ICMP need a raw socket (CAP_NET_RAW): give it to the service, or take "
              "'icmp' out of the profile: Operation not permitted");
    EXPECT_TRUE(without);
}

}  // namespace
}  // namespace xdpmirror
