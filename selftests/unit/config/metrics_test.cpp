// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is read of `metrics`, and that it is the same when it was printed and read again.
#include "config/metrics.h"

#include <gtest/gtest.h>

#include "config/effective.h"
#include "support.h"

namespace xdpmirror::test {
namespace {

using std::chrono::seconds;

TEST(Metrics, IsReadAndIsTheSameAgain) {
    const std::vector<std::pair<std::string, Metrics>> cases = {
        {"listen: '127.0.0.1:9435'", {.listen = {{address("127.0.0.1"), 9435}}}},
        {"textfile: /var/lib/prometheus/node-exporter/, every: 1m",
         {.textfile = "/var/lib/prometheus/node-exporter/", .every = seconds(60)}},
        {"textfile: /run/x.prom, listen: ['0.0.0.0:1', '[::]:1']",
         {.textfile = "/run/x.prom",
          .listen = {{address("0.0.0.0"), 1}, {address("::"), 1}}}},
    };
    for (const auto& [text, want] : cases) {
        const Profile profile = parse_good(profile_with({{10, "metrics: {" + text + "}"}}));
        EXPECT_EQ(profile.config.metrics, want) << text;
        EXPECT_EQ(parse_good(profile.effective_json).config.metrics, want) << text;
        EXPECT_EQ(parse_good(to_yaml(profile)).config.metrics, want) << to_yaml(profile);
    }
    EXPECT_EQ(parse_good(profile_with()).config.metrics, Metrics{});
}

TEST(Metrics, DefaultsAreWrittenOut) {
    const std::string json =
        parse_good(profile_with({{10, "metrics: {textfile: /x.prom}"}})).effective_json;

    EXPECT_NE(json.find(R"("metrics":{"textfile":"/x.prom","every":"15s"})"), std::string::npos)
        << json;
}

TEST(Metrics, EachInterfaceHasAFileInADirectory) {
    EXPECT_EQ((Metrics{.textfile = "/a/x.prom"}).textfile_of("eth0"), "/a/x.prom");
    EXPECT_EQ((Metrics{.textfile = "/a/"}).textfile_of("eth0.7"), "/a/xdpmirror_eth0.7.prom");
    EXPECT_EQ(Metrics{}.textfile_of("eth0"), "");
}

}  // namespace
}  // namespace xdpmirror::test
