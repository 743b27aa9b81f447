// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The options, and what they make of standard error.
#include "loader/logging/logging.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace xdpmirror {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

class LoggingTest : public testing::Test {
  protected:
    LoggingTest() {
        ::unsetenv("INVOCATION_ID");
        ::unsetenv("JOURNAL_STREAM");
    }

    static std::string said(const LogOptions& options) {
        testing::internal::CaptureStderr();
        set_up_logging(options);
        spdlog::debug("one");
        spdlog::info("two");
        spdlog::warn("three");
        spdlog::error("four");
        spdlog::default_logger()->flush();
        return testing::internal::GetCapturedStderr();
    }

    static std::string parse_error(const std::vector<const char*>& words, LogOptions& options) {
        CLI::App app;
        add_log_options(app, options);
        try {
            app.parse(static_cast<int>(words.size()), words.data());
        } catch (const CLI::ParseError& error) {
            return error.what();
        }
        return "";
    }
};

TEST_F(LoggingTest, OptionsAreRead) {
    LogOptions options;
    EXPECT_EQ(parse_error({"x"}, options), "");
    EXPECT_EQ(options.level + " " + options.format, "info text");
    EXPECT_EQ(parse_error({"x", "--log-level", "debug", "--log-format", "json"}, options), "");
    EXPECT_EQ(options.level + " " + options.format, "debug json");
}

TEST_F(LoggingTest, OtherOptionsAreRefused) {
    LogOptions options;
    EXPECT_THAT(parse_error({"x", "--log-level", "loud"}, options),
                HasSubstr("--log-level: loud not in {"));
    EXPECT_THAT(parse_error({"x", "--log-format", "xml"}, options),
                HasSubstr("--log-format: xml not in {"));
}

TEST_F(LoggingTest, LevelsAreTheLeastThatIsSaid) {
    const std::pair<const char*, const char*> levels[] = {
        {"debug", "<7>one\n<6>two\n<4>three\n<3>four\n"},
        {"info", "<6>two\n<4>three\n<3>four\n"},
        {"warn", "<4>three\n<3>four\n"},
        {"error", "<3>four\n"}};
    ::setenv("INVOCATION_ID", "1", 1);
    for (const auto& [level, want] : levels) EXPECT_EQ(said({.level = level}), want);
}

TEST_F(LoggingTest, ATerminalGetsTheTime) {
    EXPECT_THAT(said({.level = "error"}), MatchesRegex("20[0-9T:.-]+Z error: four\n"));
    EXPECT_THAT(said({.level = "error", .format = "json"}),
                MatchesRegex(R"(\{"time":"20[0-9T:.-]+Z","level":"error","message":"four"\}.)"));
}

TEST_F(LoggingTest, AFileOfAUnitGetsTheTime) {
    ::setenv("INVOCATION_ID", "1", 1);
    ::setenv("JOURNAL_STREAM", "1:1", 1);
    EXPECT_FALSE(logs_to_journal());
    EXPECT_THAT(said({.level = "error"}), EndsWith("Z error: four\n"));
    struct stat info {};
    ASSERT_EQ(::fstat(STDERR_FILENO, &info), 0);
    ::setenv("JOURNAL_STREAM", fmt::format("{}:{}", info.st_dev, info.st_ino).c_str(), 1);
    EXPECT_TRUE(logs_to_journal());
}

TEST_F(LoggingTest, AFloodIsHeldBack) {
    testing::internal::CaptureStderr();
    set_up_logging({});
    for (int i = 0; i < 1000; i++) spdlog::error("try {} failed", i);
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("none"));  // the end of the other one
    const auto text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::ranges::count(text, '\n'), 21);
    EXPECT_THAT(text, EndsWith("error: ... repeated 980 times: try 999 failed\n"));
}

// Also when the program just ends.
TEST_F(LoggingTest, WhatIsHeldBackIsSaidAtTheEnd) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            set_up_logging({});
            for (int i = 0; i < 100; i++) spdlog::error("try {} failed", i);
            std::exit(0);
        },
        testing::ExitedWithCode(0), "repeated 80 times: try 99 failed");
}

}  // namespace
}  // namespace xdpmirror
