// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is read of `ready`, and that it is the same when it was printed and read again.
#include "config/ready.h"

#include <gtest/gtest.h>

#include "config/effective.h"
#include "support.h"

namespace xdpmirror::test {
namespace {

ListenAddress at(const std::string& host, std::uint16_t port) {
    return {address(host), port};
}

std::string ready(const std::string& fields) {
    return profile_with({{10, "ready: {" + fields + "}"}});
}

TEST(Ready, IsReadAndIsTheSameAgain) {
    const std::vector<std::pair<std::string, Ready>> cases = {
        {"http: '127.0.0.1:9436'", {.http = {at("127.0.0.1", 9436)}, .pools = {"p"}}},
        {"http: ['0.0.0.0:9436', '[::]:9436'], tcp: '[2001:db8::1]:65535', needs: [collectors, "
         "egress], "
         "pools: [p]",
         {.http = {at("0.0.0.0", 9436), at("::", 9436)},
          .tcp = {at("2001:db8::1", 65535)},
          .needs = {Need::egress, Need::collectors},
          .pools = {"p"}}},
    };
    for (const auto& [text, want] : cases) {
        const Profile profile = parse_good(ready(text));
        const Profile again = parse_good(to_yaml(profile));
        EXPECT_EQ(parse_good(profile.effective_json).config.ready, want) << text;
        EXPECT_EQ(again.config.ready, want) << to_yaml(profile);
        EXPECT_EQ(again.effective_json, profile.effective_json);
    }
}

TEST(Ready, WithoutItEverythingCountsAndNobodyListens) {
    const Ready ready = parse_good(profile_with()).config.ready;

    EXPECT_EQ(ready, Ready{});
    EXPECT_TRUE(ready.counts("p"));
    for (const Need need : kNeeds) {
        EXPECT_TRUE(ready.needs_that(need)) << need_name(need);
    }
}

TEST(Ready, DefaultsAreWrittenOut) {
    const std::string json = parse_good(ready("tcp: '0.0.0.0:9437'")).effective_json;

    EXPECT_NE(json.find(R"("ready":{"tcp":"0.0.0.0:9437","needs":["attached","egress","next_hop",)"
                        R"("collectors"],"pools":["p"]})"),
              std::string::npos)
        << json;
}

TEST(Ready, CountsThePoolsThatAreNamed) {
    const Ready ready{.pools = {"p"}};

    EXPECT_TRUE(ready.counts("p"));
    EXPECT_FALSE(ready.counts("q"));
    EXPECT_FALSE(Ready{.needs = {Need::egress}}.needs_that(Need::collectors));
}

TEST(Ready, AddressesAsTheyAreTyped) {
    EXPECT_EQ(at("0.0.0.0", 9436).text(), "0.0.0.0:9436");
    EXPECT_EQ(at("::1", 9436).text(), "[::1]:9436");
}

TEST(Ready, IsNoneOfThePacketsBusiness) {
    const auto data_plane = [](const std::string& text) {
        return data_plane_json(parse_good(text).effective_json);
    };
    const std::string without = data_plane(profile_with());

    EXPECT_EQ(data_plane(ready("tcp: '0.0.0.0:9437'")), without);
    EXPECT_EQ(data_plane(profile_with({{10, "metrics: {listen: '127.0.0.1:9435'}"}})), without);
    EXPECT_NE(data_plane(profile_with({{9, "  e: {interface: eth2}"}})), without);
}

}  // namespace
}  // namespace xdpmirror::test
