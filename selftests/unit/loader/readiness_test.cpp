// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// When a node is ready, and what is said when it is not.
#include "loader/ready/readiness.h"

#include <gtest/gtest.h>

namespace xdpmirror::test {
namespace {

WayFacts way(const std::string& interface, const std::string& down = {}, const std::string& no_next_hop = {}) {
    return {interface, down, no_next_hop};
}

CollectorFacts collector(const std::string& address, std::vector<WayFacts> ways, const std::string& unusable = {}) {
    return {address, std::move(ways), unusable};
}

ReadyFacts one_pool(std::vector<CollectorFacts> collectors) {
    return {{}, {{"fdi", "gcp", std::move(collectors)}}};
}

// What is not met, needed or not.
std::vector<Need> missing(const Readiness& readiness) {
    std::vector<Need> needs;
    for (const auto& condition : readiness.conditions) {
        if (!condition.why_not.empty()) needs.push_back(condition.need);
    }
    return needs;
}

using Needs = std::vector<Need>;

TEST(Readiness, EverythingIsWell) {
    const auto readiness = judge({}, one_pool({collector("192.0.2.1", {way("eth1")})}));
    EXPECT_TRUE(readiness.ready());
    EXPECT_EQ(readiness.why_not(), "");
    EXPECT_EQ(readiness.json().dump(),
              R"({"ready":true,"conditions":{"attached":{"needed":true,"met":true},"egress":{"needed":true,)"
              R"("met":true},"next_hop":{"needed":true,"met":true},"collectors":{"needed":true,"met":true}}})");
}

TEST(Readiness, NobodyHasLooked) { EXPECT_FALSE(Readiness{}.ready()); }

TEST(Readiness, NotAttached) {
    auto facts = one_pool({collector("192.0.2.1", {way("eth1")})});
    facts.why_not_attached = "ingress 'eth0' has no carrier";
    const auto readiness = judge({}, facts);
    EXPECT_FALSE(readiness.ready());
    EXPECT_EQ(missing(readiness), Needs{Need::attached});
    EXPECT_EQ(readiness.why_not(), "ingress 'eth0' has no carrier");
}

TEST(Readiness, TheWayIsDown) {
    const auto down = way("eth1", "it has no carrier", "it has no carrier");
    const auto readiness = judge({}, one_pool({collector("192.0.2.1", {down}, "it has no carrier")}));
    EXPECT_EQ(missing(readiness), (Needs{Need::egress, Need::next_hop, Need::collectors}));
    EXPECT_EQ(readiness.why_not(),
              "egress 'gcp' by 'eth1': it has no carrier; pool 'fdi' has no usable collector: 192.0.2.1 (it has no "
              "carrier)");
    EXPECT_EQ(readiness.json()["conditions"]["egress"]["why_not"], "egress 'gcp' by 'eth1': it has no carrier");
}

TEST(Readiness, AStandbyIsEnough) {
    const auto down = way("eth1", "it has no carrier", "it has no carrier");
    EXPECT_TRUE(judge({}, one_pool({collector("192.0.2.1", {down, way("eth2")})})).ready());
}

// Each half of it works, and no packet can leave.
TEST(Readiness, OneWayIsDownAndTheOtherHasNoNextHop) {
    const Ready wanted{.needs = {Need::egress, Need::next_hop}};
    const auto silent = way("wg0", "10.0.0.1 does not answer the probe");
    const auto lost = way("eth2", "", "next hop 10.2.0.2 does not answer");
    const auto by_one = judge(wanted, one_pool({collector("192.0.2.1", {silent, lost})}));
    EXPECT_FALSE(by_one.ready());
    EXPECT_EQ(missing(by_one), Needs{Need::next_hop});
    EXPECT_EQ(by_one.why_not(), "egress 'gcp' by 'eth2': next hop 10.2.0.2 does not answer");
    const auto by_two = judge(wanted, one_pool({collector("192.0.2.1", {silent}), collector("192.0.2.2", {lost})}));
    EXPECT_EQ(missing(by_two), Needs{Need::next_hop});
    EXPECT_EQ(missing(judge(wanted, one_pool({collector("192.0.2.1", {silent})}))), Needs{Need::egress});
}

TEST(Readiness, OneUsableCollectorOfAPoolIsEnough) {
    EXPECT_TRUE(judge({}, one_pool({collector("192.0.2.1", {way("eth1")}, "connection refused"),
                                    collector("192.0.2.2", {way("eth1")})}))
                    .ready());
    const auto none = judge({}, one_pool({collector("192.0.2.1", {way("eth1")}, "connection refused"),
                                          collector("192.0.2.2", {way("eth1")}, "drained")}));
    EXPECT_EQ(missing(none), Needs{Need::collectors});
    EXPECT_EQ(none.why_not(),
              "pool 'fdi' has no usable collector: 192.0.2.1 (connection refused); 192.0.2.2 (drained)");
}

TEST(Readiness, EveryPoolThatCounts) {
    ReadyFacts facts{{},
                     {{"fdi", "gcp", {collector("192.0.2.1", {way("eth1")})}},
                      {"lab", "aws", {collector("192.0.2.2", {way("eth2")}, "drained")}}}};
    EXPECT_EQ(judge({}, facts).why_not(), "pool 'lab' has no usable collector: 192.0.2.2 (drained)");
    EXPECT_TRUE(judge({.pools = {"fdi"}}, facts).ready());
    EXPECT_FALSE(judge({.pools = {"lab"}}, facts).ready());
    facts.pools[1].collectors[0].ways[0].why_down = "it has no carrier";
    EXPECT_TRUE(missing(judge({.pools = {"fdi"}}, facts)).empty());
}

// It is said all the same.
TEST(Readiness, WhatIsNotNeeded) {
    const auto facts = one_pool({collector("192.0.2.1", {way("eth1")}, "HTTP 503")});
    const auto readiness = judge({.needs = {Need::attached, Need::egress}}, facts);
    EXPECT_TRUE(readiness.ready());
    EXPECT_EQ(readiness.why_not(), "");
    EXPECT_EQ(readiness.json()["conditions"]["collectors"].dump(),
              R"x({"needed":false,"met":false,"why_not":"pool 'fdi' has no usable collector: 192.0.2.1 (HTTP 503)"})x");
}

TEST(Readiness, ManyAreNotNamed) {
    std::vector<CollectorFacts> many;
    for (int i = 1; i <= 9; ++i)
        many.push_back(collector("192.0.2." + std::to_string(i), {way("eth1")}, "drained"));
    EXPECT_EQ(judge({}, one_pool(many)).why_not(),
              "pool 'fdi' has no usable collector: 192.0.2.1 (drained); 192.0.2.2 (drained); 192.0.2.3 (drained); "
              "and 6 more");
}

}  // namespace
}  // namespace xdpmirror::test
