// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is read of `health`, and that it is the same when it was printed and read again.
#include "config/health.h"

#include <gtest/gtest.h>

#include "support.h"

namespace xdpmirror::test {
namespace {

using namespace std::chrono_literals;

std::string pool(const std::string& health) {
    return profile_with({{7, "  p: {collectors: [{address: 192.0.2.1}], via: e, " + health + "}"}});
}

struct Case {
    std::string text;
    Health want;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"tcp: {port: 22}", {.check = TcpCheck{22}}},
        {"udp: {port: 2055}, every: '10'", {.check = UdpCheck{2055}, .every = 10s}},
        {"icmp: {}, rise: 1, fall: 100", {.check = IcmpCheck{}, .rise = 1, .fall = 100}},
        {"icmp: {}, every: 500ms, timeout: 500ms",
         {.check = IcmpCheck{}, .every = 500ms, .timeout = 500ms}},
        {"http: {port: 8080}", {.check = HttpCheck{.port = 8080}}},
        {"http: {port: 1, path: '/a/b?c=d&e', host: 'flows.example:80', status: 204}, every: 1m, "
         "timeout: 1500ms",
         {.check = HttpCheck{1, "/a/b?c=d&e", "flows.example:80", {{204, 204}}},
          .every = 60s,
          .timeout = 1500ms}},
        {"http: {port: 1, host: '[2001:db8::1]', status: [200, 300-399, '503']}",
         {.check = HttpCheck{1, "/", "[2001:db8::1]", {{200, 200}, {300, 399}, {503, 503}}}}},
        {"http: {port: 1, status: 200-299}",
         {.check = HttpCheck{.port = 1, .status = {{200, 299}}}}},
    };
    return all;
}

TEST(Health, IsReadAndIsTheSameAgain) {
    for (const Case& c : cases()) {
        const Profile profile = parse_good(pool("health: {" + c.text + "}"));
        ASSERT_TRUE(profile.config.pools[0].health) << c.text;
        EXPECT_EQ(*profile.config.pools[0].health, c.want) << c.text;
        EXPECT_EQ(parse_good(profile.effective_json).config.pools[0].health, c.want) << c.text;
        EXPECT_EQ(parse_good(to_yaml(profile)).config.pools[0].health, c.want) << to_yaml(profile);
        EXPECT_EQ(parse_good(to_yaml(profile)).effective_json, profile.effective_json);
    }
}

TEST(Health, NobodyIsAskedWithoutIt) {
    EXPECT_FALSE(parse_good(profile_with()).config.pools[0].health);
}

TEST(Health, DefaultsAreWrittenOut) {
    const std::string http =
        parse_good(pool("health: {http: {port: 8080}}")).effective_json;
    EXPECT_NE(http.find(R"("health":{"http":{"port":8080,"path":"/","status":200},"every":"2s",)"
                        R"("timeout":"1s","rise":2,"fall":3})"),
              std::string::npos)
        << http;
    const std::string icmp = parse_good(pool("health: {icmp: {}, fall: 7}")).effective_json;
    EXPECT_NE(icmp.find(R"("health":{"icmp":{},"fall":7,"every":"2s","timeout":"1s","rise":2})"),
              std::string::npos)
        << icmp;
}

TEST(Health, AnOverlaidProfileChangesOneKey) {
    const Directory directory(
        {{"base.yaml", pool("health: {icmp: {}, fall: 9}")},
         {"site.yaml", "version: 1\nextends: base\npools: {p: {health: {fall: 4}}}\n"}});
    const auto profile = load_profile("site", {directory.path()}, environment({}));

    ASSERT_TRUE(profile) << profile.error().what;
    EXPECT_EQ(profile->config.pools[0].health, (Health{.check = IcmpCheck{}, .fall = 4}));
}

}  // namespace
}  // namespace xdpmirror::test
