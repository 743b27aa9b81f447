// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Times as operators type them.
#include "config/duration.h"

#include <gtest/gtest.h>

namespace xdpmirror {
namespace {

using std::chrono::seconds;

TEST(Duration, SecondsMinutesHours) {
    const std::pair<const char*, seconds> cases[] = {
        {"1", seconds(1)},        {"60", seconds(60)},   {"60s", seconds(60)},
        {"1s", seconds(1)},       {"2m", seconds(120)},  {"60m", seconds(3600)},
        {"3600s", seconds(3600)}, {"1h", seconds(3600)},
    };
    for (const auto& [text, want] : cases) {
        auto got = parse_duration(text);
        ASSERT_TRUE(got) << text;
        EXPECT_EQ(*got, want) << text;
    }
}

TEST(Duration, AnythingElseIsRefusedWithTheLimits) {
    for (const std::string text : {"",
                                   "0",
                                   "0s",
                                   "s",
                                   "-5",
                                   "+5",
                                   " 60",
                                   "60 ",
                                   "60 s",
                                   "1.5m",
                                   "61m",
                                   "2h",
                                   "3601",
                                   "1d",
                                   "60S",
                                   "60ss",
                                   "1m30s",
                                   "0x10",
                                   "99999999999999999999",
                                   "4294967296s",
                                   "71582789m"}) {
        auto got = parse_duration(text);
        ASSERT_FALSE(got) << text;
        EXPECT_EQ(got.error().what,
                  "'" + text + "' is not a time from 1s to 1h, such as 60s or 2m");
        EXPECT_EQ(got.error().kind, ErrorKind::configuration);
    }
}

TEST(Interval, MillisecondsToo) {
    using std::chrono::milliseconds;
    const std::pair<const char*, milliseconds> cases[] = {
        {"100ms", milliseconds(100)},       {"1500ms", milliseconds(1500)},
        {"3600000ms", milliseconds(3600000)}, {"2s", milliseconds(2000)},
        {"2", milliseconds(2000)},          {"1h", milliseconds(3600000)},
    };
    for (const auto& [text, want] : cases) {
        auto got = parse_interval(text);
        ASSERT_TRUE(got) << text;
        EXPECT_EQ(*got, want) << text;
        EXPECT_EQ(*parse_interval(interval_text(*got)), want) << text;
    }
    for (const std::string text : {"", "0", "99ms", "3600001ms", "ms", "1.5s", "100 ms", "100MS",
                                   "-100ms", "100msx", "2h", "4294967396ms"}) {
        auto got = parse_interval(text);
        ASSERT_FALSE(got) << text;
        EXPECT_EQ(got.error().what,
                  "'" + text + "' is not a time from 100ms to 1h, such as 500ms or 2s");
    }
}

TEST(Duration, WhatIsBehindAZeroByteIsNotOverlooked) {
    EXPECT_FALSE(parse_duration(std::string("60\0x", 4)));
}

}  // namespace
}  // namespace xdpmirror
