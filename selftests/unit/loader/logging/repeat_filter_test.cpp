// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What passes, what is held back, and when that is said; time is the messages' own.
#include "loader/logging/repeat_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

struct Kept final : spdlog::sinks::base_sink<std::mutex> {
    std::vector<std::string> lines;
    std::size_t flushes = 0;

    void sink_it_(const spdlog::details::log_msg& message) override {
        const auto level = spdlog::level::to_string_view(message.level);
        lines.push_back(std::string(level.data(), level.size()) + " " +
                        std::string(message.payload.data(), message.payload.size()));
    }
    void flush_() override { flushes++; }
};

class RepeatFilterTest : public testing::Test {
  protected:
    RepeatFilterTest() { make({.messages = 2, .window = 60s, .patterns = 3}); }

    void make(RepeatFilter::Limits limits) {
        filter_ = std::make_unique<RepeatFilter>(kept_, limits, [this] { return now_; });
    }
    void say(const std::string& text, spdlog::level::level_enum level = spdlog::level::info) {
        filter_->log(spdlog::details::log_msg(now_, {}, "xdpmirror", level, text));
    }
    std::vector<std::string> said() { return std::exchange(kept_->lines, {}); }

    std::shared_ptr<Kept> kept_ = std::make_shared<Kept>();
    RepeatFilter::Time now_{1'000'000s};
    std::unique_ptr<RepeatFilter> filter_;
};

TEST(MessagePattern, LeavesOutWhatDiffersByNumber) {
    EXPECT_EQ(message_pattern("collector fdi/10.0.0.1 moves from 'eth1' to 'eth2': no carrier"),
              "collector # moves from '#' to '#': no carrier");
    EXPECT_EQ(message_pattern("template of 2001:db8::1 (port 4739) lost"),
              "template of # (port #) lost");
    EXPECT_EQ(message_pattern(""), "");
}

TEST_F(RepeatFilterTest, LetsSoManyPassAndSaysHowManyThereWere) {
    for (int i = 0; i < 5; i++) say("exporter 10.0.0." + std::to_string(i) + " is refused");
    EXPECT_THAT(said(), ElementsAre("info exporter 10.0.0.0 is refused",
                                    "info exporter 10.0.0.1 is refused"));
    now_ += 59s;
    filter_->flush();
    EXPECT_THAT(said(), IsEmpty());
    now_ += 1s;
    filter_->flush();
    EXPECT_THAT(said(), ElementsAre("info ... repeated 3 times: exporter 10.0.0.4 is refused"));
    filter_->flush();
    EXPECT_THAT(said(), IsEmpty());
    EXPECT_EQ(kept_->flushes, 3U);
}

TEST_F(RepeatFilterTest, TheNextMinuteBeginsAnew) {
    for (int i = 0; i < 3; i++) say("x");
    now_ += 60s;
    say("x");
    EXPECT_THAT(said(), ElementsAre("info x", "info x", "info ... repeated 1 times: x", "info x"));
}

TEST_F(RepeatFilterTest, OtherMessagesPass) {
    for (int i = 0; i < 3; i++) say("x");
    say("y");
    EXPECT_THAT(said(), ElementsAre("info x", "info x", "info y"));
}

TEST_F(RepeatFilterTest, SaysItAsBadAsTheWorst) {
    for (const auto level :
         {spdlog::level::info, spdlog::level::info, spdlog::level::err, spdlog::level::info})
        say("x", level);
    now_ += 60s;
    filter_->flush();
    EXPECT_EQ(said().back(), "error ... repeated 2 times: x");
}

TEST_F(RepeatFilterTest, AClockThatIsSetBackEndsTheWindow) {
    for (int i = 0; i < 3; i++) say("x");
    now_ -= 3600s;
    say("x");
    EXPECT_THAT(said(), ElementsAre("info x", "info x", "info ... repeated 1 times: x", "info x"));
}

TEST_F(RepeatFilterTest, TheEndSaysWhatIsLeft) {
    for (int i = 0; i < 4; i++) say("x");
    filter_.reset();
    EXPECT_EQ(said().back(), "info ... repeated 2 times: x");
}

TEST_F(RepeatFilterTest, RemembersSoManyPatterns) {
    for (int i = 0; i < 3; i++) say("a");
    for (const char* text : {"b", "c", "d"}) {
        now_ += 1s;
        say(text);
    }
    EXPECT_THAT(said(), ElementsAre("info a", "info a", "info b", "info c",
                                    "info ... repeated 1 times: a", "info d"));
}

}  // namespace
}  // namespace xdpmirror
