// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Hundreds of collectors on one thread, of all kinds, good and bad.
#include <fmt/core.h>

#include <set>

#include "prober_test.h"
#include "server.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
constexpr int kCollectors = 500;

class Crowd : public ProberTest {};

TEST_F(Crowd, EachGetsItsOwnFinding) {
    Server good(loop(), "0.0.0.0", answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    Server bad(loop(), "0.0.0.0", answer("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
    Server silent(loop(), "0.0.0.0");
    struct Kind {
        decltype(Health::check) check;
        HealthStatus status;
        std::string why;
    };
    const std::vector<Kind> kinds = {
        {TcpCheck{good.port()}, HealthStatus::up, ""},
        {TcpCheck{1}, HealthStatus::down, "connection refused"},
        {HttpCheck{.port = good.port()}, HealthStatus::up, ""},
        {HttpCheck{.port = bad.port()}, HealthStatus::down, "HTTP 500"},
        {HttpCheck{.port = silent.port()}, HealthStatus::down, "no answer within 500ms"},
        {HttpCheck{.port = 1}, HealthStatus::down, "connection refused"},
        {IcmpCheck{}, HealthStatus::up, ""},
        {UdpCheck{1}, HealthStatus::down, "port unreachable"},
    };
    std::vector<HealthTarget> targets;
    for (int i = 0; i < kCollectors; ++i) {
        auto each = target(fmt::format("fdi/{}", i), fmt::format("127.{}.{}.1", 1 + i / 250, i % 250),
                           kinds[static_cast<std::size_t>(i) % kinds.size()].check);
        each.health.every = 1s;
        each.health.timeout = 500ms;
        // One ICMP error a second to each asker: what comes between looks like silence, so one is enough.
        if (std::holds_alternative<UdpCheck>(each.health.check)) each.health.fall = 1;
        targets.push_back(std::move(each));
    }
    start(targets);
    std::set<std::string> done;
    await_all("everybody's finding", [&](const HealthFinding& finding) {
        const auto& kind = kinds[std::stoul(finding.id.substr(4)) % kinds.size()];
        if (finding.status == kind.status && finding.why == kind.why && !finding.way_down)
            done.insert(finding.id);
        return done.size() == static_cast<std::size_t>(kCollectors);
    });
    EXPECT_EQ(prober().findings(HealthProber::Time::clock::now()).size(), targets.size());
}

}  // namespace
}  // namespace xdpmirror
