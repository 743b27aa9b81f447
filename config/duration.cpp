// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// By hand: strtol would take blanks, signs and what is behind the number.
#include "config/duration.h"

#include <charconv>

namespace xdpmirror {

Result<std::chrono::seconds> parse_duration(const std::string& text) {
    constexpr unsigned kMost = 3600;
    const Error refused =
        configuration_error("'" + text + "' is not a time from 1s to 1h, such as 60s or 2m");
    unsigned number = 0;
    const char* const end = text.data() + text.size();
    const auto [unit, code] = std::from_chars(text.data(), end, number);
    if (code != std::errc{} || number > kMost) return refused;
    const std::string name(unit, end);
    unsigned factor = 0;
    if (name.empty() || name == "s") factor = 1;
    if (name == "m") factor = 60;
    if (name == "h") factor = 3600;
    const unsigned seconds = number * factor;
    if (seconds == 0 || seconds > kMost) return refused;
    return std::chrono::seconds(seconds);
}

Result<std::chrono::milliseconds> parse_interval(const std::string& text) {
    constexpr unsigned kLeast = 100, kMost = 3'600'000;
    if (const auto whole = parse_duration(text)) return std::chrono::milliseconds(*whole);
    const Error refused =
        configuration_error("'" + text + "' is not a time from 100ms to 1h, such as 500ms or 2s");
    unsigned number = 0;
    const char* const end = text.data() + text.size();
    const auto [unit, code] = std::from_chars(text.data(), end, number);
    if (code != std::errc{} || std::string(unit, end) != "ms") return refused;
    if (number < kLeast || number > kMost) return refused;
    return std::chrono::milliseconds(number);
}

std::string interval_text(std::chrono::milliseconds interval) {
    const auto count = interval.count();
    return count % 1000 ? std::to_string(count) + "ms" : std::to_string(count / 1000) + "s";
}

}  // namespace xdpmirror
