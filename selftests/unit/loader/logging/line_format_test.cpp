// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The same message in each form.
#include "loader/logging/line_format.h"

#include <gtest/gtest.h>
#include <spdlog/details/log_msg.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace xdpmirror {
namespace {

const spdlog::log_clock::time_point kTime{std::chrono::milliseconds(1'795'000'000'007)};

std::string formatted(LineStyle style, spdlog::level::level_enum level, const std::string& text) {
    spdlog::memory_buf_t line;
    LineFormat(style).clone()->format(spdlog::details::log_msg(kTime, {}, "xdpmirror", level, text),
                                      line);
    return std::string(line.data(), line.size());
}

TEST(LineFormat, TextHasTimeAndLevel) {
    EXPECT_EQ(formatted({}, spdlog::level::warn, "it is gone"),
              "2026-11-18T11:06:40.007Z warn: it is gone\n");
}

TEST(LineFormat, JsonIsAnObjectALine) {
    const auto line = formatted({.is_json = true}, spdlog::level::err, "say \"no\"\nthen \xff");
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json.at("time"), "2026-11-18T11:06:40.007Z");
    EXPECT_EQ(json.at("level"), "error");
    EXPECT_EQ(json.at("message"), "say \"no\"\nthen \xef\xbf\xbd");
}

TEST(LineFormat, TheJournalGetsPrioritiesAndNoTime) {
    const std::pair<spdlog::level::level_enum, const char*> levels[] = {
        {spdlog::level::debug, "<7>x\n"},    {spdlog::level::info, "<6>x\n"},
        {spdlog::level::warn, "<4>x\n"},     {spdlog::level::err, "<3>x\n"},
        {spdlog::level::critical, "<2>x\n"},
    };
    for (const auto& [level, want] : levels)
        EXPECT_EQ(formatted({.is_for_journal = true}, level, "x"), want);
    EXPECT_EQ(formatted({.is_json = true, .is_for_journal = true}, spdlog::level::info, "x"),
              "<6>{\"level\":\"info\",\"message\":\"x\"}\n");
}

TEST(LineFormat, EachLineInTheJournalHasItsPriority) {
    EXPECT_EQ(formatted({.is_for_journal = true}, spdlog::level::err, "one\ntwo\n"),
              "<3>one\n<3>two\n");
}

}  // namespace
}  // namespace xdpmirror
