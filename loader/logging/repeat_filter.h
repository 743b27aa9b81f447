// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Before another sink: of messages that differ only in words with digits in them (addresses,
// numbers, names of devices) so many a minute pass, and one line says how many more there were. A
// log that is flooded tells nothing, and costs the disk.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace xdpmirror {

class RepeatFilter final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    using Time = spdlog::log_clock::time_point;

    struct Limits {
        std::size_t messages = 20;  // that pass, of each pattern
        std::chrono::seconds window{60};
        std::size_t patterns = 256;  // remembered; the oldest makes room
    };

    // Messages bring their own time; `now` is asked when somebody flushes.
    RepeatFilter(std::shared_ptr<spdlog::sinks::sink> below, Limits limits,
                 std::function<Time()> now);
    ~RepeatFilter() override;

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override;  // what was held back in windows that are over is said
    void set_pattern_(const std::string& pattern) override;
    void set_formatter_(std::unique_ptr<spdlog::formatter> formatter) override;

  private:
    struct Window {
        Time begin{};
        std::size_t passed = 0;
        std::size_t held_back = 0;
        spdlog::level::level_enum level{};
        std::string last;  // text of what was held back
    };
    using Windows = std::map<std::string, Window>;

    bool is_over(const Window& window, Time now) const;
    void end_windows(Time now);
    void end(Windows::iterator window, Time now);
    void make_room(Time now);

    std::shared_ptr<spdlog::sinks::sink> below_;
    Limits limits_;
    std::function<Time()> now_;
    Windows windows_;
};

// Words with a digit as '#'.
std::string message_pattern(std::string_view text);

}  // namespace xdpmirror
