// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Large profiles do not take long. Processor time, not wall time, and limits far above what it
// takes, since machines differ; a quadratic step would still break them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ctime>
#include <set>

#include "support.h"

namespace xdpmirror::test {
namespace {

constexpr int kRules = 10000;

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
constexpr double kPatience = 20;
#else
constexpr double kPatience = 1;
#endif

class Stopwatch {
  public:
    double seconds() const { return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC; }

  private:
    std::clock_t start_ = std::clock();
};

IpAddress host(int i) {
    return IpAddress{Family::ipv4,
                     {10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                      static_cast<std::uint8_t>(i)}};
}

Config exact_rules() {
    std::vector<Rule> rules;

    for (int i = 0; i < kRules; i++) {
        Match match;
        match.from = Prefix::of(host(i), static_cast<std::uint8_t>(i % 2 ? 32 : 24));
        match.port =
            PortRange{static_cast<std::uint16_t>(1 + i % 7), static_cast<std::uint16_t>(1 + i % 7)};
        rules.push_back(rule(fmt::format("r{}", i), match));
    }
    return config_with_rules(std::move(rules));
}

Config range_rules() {
    std::vector<Rule> rules;

    for (int i = 0; i < kRules; i++) {
        Match match;
        match.from = Prefix::of(host(i), 32);
        match.port = PortRange{static_cast<std::uint16_t>(1 + 10 * (i % 10)),
                               static_cast<std::uint16_t>(60 + 10 * (i % 10))};
        rules.push_back(rule(fmt::format("r{}", i), match));
    }
    return config_with_rules(std::move(rules));
}

// Half of the rules are single ports, the others are ranges over all of them.
Config covering_rules() {
    std::vector<Rule> rules;

    for (int i = 0; i < kRules; i++) {
        Match match;
        const auto port = static_cast<std::uint16_t>(2 * i + 1);
        match.port = i < kRules / 2 ? PortRange{port, port} : PortRange{1, 60000};
        match.vni = i < kRules / 2 ? std::nullopt : std::optional(std::uint32_t{1});
        rules.push_back(rule(fmt::format("r{}", i), match));
    }
    return config_with_rules(std::move(rules));
}

TEST(Speed, TenThousandExactRules) {
    const Config config = exact_rules();
    const Stopwatch planning;
    const auto plan = make_plan(config);
    EXPECT_LT(planning.seconds(), 0.1 * kPatience);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->rules4.size(), [&config] {
        std::set<std::string> keys;
        for (const Rule& each : config.rules) {
            keys.insert(each.match.from->text() + " " + std::to_string(each.match.port->first));
        }
        return keys.size();
    }());

    const Stopwatch looking;
    find_unreachable(config);
    EXPECT_LT(looking.seconds(), 0.5 * kPatience);
}

TEST(Speed, TenThousandRangeRules) {
    const Config config = range_rules();
    const Stopwatch planning;
    const auto plan = make_plan(config);
    EXPECT_LT(planning.seconds(), 0.5 * kPatience);
    ASSERT_TRUE(plan);
    EXPECT_GT(plan->rules4.size(), 2U * kRules);

    const Stopwatch looking;
    EXPECT_TRUE(find_unreachable(config).empty());
    EXPECT_LT(looking.seconds(), 0.5 * kPatience);
}

TEST(Speed, TenThousandRulesThatCoverEachOther) {
    const Config config = covering_rules();
    const Stopwatch looking;

    EXPECT_EQ(find_unreachable(config).size(), kRules / 2 - 1U + 1U)
        << "all but one of the latter half, and the rule for the VXLAN port";
    EXPECT_LT(looking.seconds(), 1.0 * kPatience);
}

// Their payloads that are no mirror share one row, with each sender once.
TEST(Speed, SendersOfManyGeneveSources) {
    constexpr std::uint32_t kSources = 10;
    Config config = config_with_rules({rule("r", {})});

    config.sources.clear();
    for (std::uint32_t i = 0; i < kSources; i++) {
        config.sources.push_back(geneve_source("s" + std::to_string(i), i, {}));
        for (int j = 0; j < XM_MAX_SENDERS / 2 / int{kSources}; j++) {
            config.sources[i].from.push_back(Prefix::of(host(j * 2 + static_cast<int>(i) % 2), 32));
        }
    }
    const Stopwatch planning;
    const auto plan = make_plan(config);
    EXPECT_LT(planning.seconds(), 0.1 * kPatience);
    ASSERT_TRUE(plan) << plan.error().what;
    EXPECT_EQ(plan->senders.size(), (kSources + 2) * (XM_MAX_SENDERS / 2 / kSources));
}

TEST(Speed, TextOfTenThousandRules) {
    std::string rules;

    for (int i = 0; i < kRules; i++) {
        rules += fmt::format(
            "  - {{name: r{}, match: {{from: {}, protocol: udp, port: {}}}, "
            "send: {{to: p, port: 8081}}}}\n",
            i, host(i).text(), 1000 + i);
    }
    const std::string text = profile_with({{5, rules}});
    const Stopwatch parsing;
    const Profile profile = parse_good(text);
    EXPECT_LT(parsing.seconds(), 3.0 * kPatience);
    EXPECT_EQ(profile.config.rules.size(), std::size_t{kRules});
    RecordProperty("seconds", std::to_string(parsing.seconds()));
}

}  // namespace
}  // namespace xdpmirror::test
