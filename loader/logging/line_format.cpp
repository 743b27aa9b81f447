// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/logging/line_format.h"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <spdlog/details/log_msg.h>

#include <nlohmann/json.hpp>

namespace xdpmirror {
namespace {

const char* level_name(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::trace:
        case spdlog::level::debug:
            return "debug";
        case spdlog::level::info:
            return "info";
        case spdlog::level::warn:
            return "warn";
        default:
            return "error";
    }
}

// As syslog(3) numbers them.
const char* priority(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::trace:
        case spdlog::level::debug:
            return "<7>";
        case spdlog::level::info:
            return "<6>";
        case spdlog::level::warn:
            return "<4>";
        case spdlog::level::critical:
            return "<2>";
        default:
            return "<3>";
    }
}

// "2026-11-23T03:16:50.123Z"
std::string time_text(spdlog::log_clock::time_point time) {
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000);
}

std::string text_of(const spdlog::details::log_msg& message) {
    std::string text(message.payload.data(), message.payload.size());
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

std::string json_of(const spdlog::details::log_msg& message, bool has_time) {
    auto json = nlohmann::ordered_json::object();
    if (has_time) json["time"] = time_text(message.time);
    json["level"] = level_name(message.level);
    json["message"] = text_of(message);
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// The journal takes each line for an entry, so each has its priority.
std::string with_priority(const std::string& text, const char* before) {
    std::string lines = before;
    for (const char c : text) {
        lines += c;
        if (c == '\n') lines += before;
    }
    return lines;
}

}  // namespace

void LineFormat::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) {
    std::string text;
    if (style_.is_json)
        text = json_of(message, !style_.is_for_journal);
    else if (style_.is_for_journal)
        text = text_of(message);
    else
        text = time_text(message.time) + " " + level_name(message.level) + ": " + text_of(message);
    if (style_.is_for_journal) text = with_priority(text, priority(message.level));
    text += '\n';
    line.append(text.data(), text.data() + text.size());
}

}  // namespace xdpmirror
