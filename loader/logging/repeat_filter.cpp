// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/logging/repeat_filter.h"

#include <fmt/core.h>

#include <algorithm>

namespace xdpmirror {
namespace {

bool ends_word(char c) {
    return c == ' ' || c == '\'' || c == '"' || c == '(' || c == ')' || c == ',' || c == '=';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::string message_pattern(std::string_view text) {
    std::string pattern, word;
    const auto take_word = [&] {
        pattern += std::ranges::any_of(word, is_digit) ? "#" : word;
        word.clear();
    };

    for (const char c : text) {
        if (!ends_word(c)) {
            word += c;
            continue;
        }
        take_word();
        pattern += c;
    }
    take_word();
    return pattern;
}

RepeatFilter::RepeatFilter(std::shared_ptr<spdlog::sinks::sink> below, Limits limits,
                           std::function<Time()> now)
    : below_(std::move(below)), limits_(limits), now_(std::move(now)) {}

RepeatFilter::~RepeatFilter() {
    while (!windows_.empty()) end(windows_.begin(), now_());
}

void RepeatFilter::sink_it_(const spdlog::details::log_msg& message) {
    const std::string text(message.payload.data(), message.payload.size());

    end_windows(message.time);
    const auto pattern = message_pattern(text);
    if (!windows_.contains(pattern)) make_room(message.time);
    auto& window =
        windows_.try_emplace(pattern, Window{.begin = message.time, .last = {}}).first->second;
    if (window.passed < limits_.messages) {
        window.passed++;
        below_->log(message);
        return;
    }
    window.held_back++;
    window.level = std::max(window.level, message.level);
    window.last = text;
}

void RepeatFilter::flush_() {
    end_windows(now_());
    below_->flush();
}

void RepeatFilter::set_pattern_(const std::string& pattern) {
    below_->set_pattern(pattern);
}

void RepeatFilter::set_formatter_(std::unique_ptr<spdlog::formatter> formatter) {
    below_->set_formatter(std::move(formatter));
}

// Also when the clock was set back.
bool RepeatFilter::is_over(const Window& window, Time now) const {
    return now < window.begin || now - window.begin >= limits_.window;
}

void RepeatFilter::end_windows(Time now) {
    for (auto window = windows_.begin(); window != windows_.end();) {
        const auto next = std::next(window);
        if (is_over(window->second, now)) end(window, now);
        window = next;
    }
}

void RepeatFilter::end(Windows::iterator window, Time now) {
    const auto& [begin, passed, held_back, level, last] = window->second;
    if (held_back > 0) {
        const auto text = fmt::format("... repeated {} times: {}", held_back, last);
        below_->log(spdlog::details::log_msg(now, {}, "xdpmirror", level, text));
    }
    windows_.erase(window);
}

void RepeatFilter::make_room(Time now) {
    if (windows_.size() < limits_.patterns) return;
    end(std::ranges::min_element(windows_, {},
                                 [](const auto& entry) { return entry.second.begin; }),
        now);
}

}  // namespace xdpmirror
