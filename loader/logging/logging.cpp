// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/logging/logging.h"

#include <fmt/core.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "loader/logging/line_format.h"
#include "loader/logging/repeat_filter.h"

namespace xdpmirror {
namespace {

spdlog::level::level_enum level_of(const LogOptions& options) {
    if (options.level == "debug") return spdlog::level::debug;
    if (options.level == "warn") return spdlog::level::warn;
    if (options.level == "error") return spdlog::level::err;
    return spdlog::level::info;
}

}  // namespace

// A unit may send its standard error elsewhere: systemd says device and inode of the journal's
// socket.
bool logs_to_journal() {
    if (std::getenv("INVOCATION_ID") == nullptr) return false;
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat info {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &info) != 0) return true;
    return fmt::format("{}:{}", info.st_dev, info.st_ino) == stream;
}

void set_up_logging(const LogOptions& options) {
    auto out = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto filter = std::make_shared<RepeatFilter>(std::move(out), RepeatFilter::Limits{},
                                                 [] { return spdlog::log_clock::now(); });
    auto log = std::make_shared<spdlog::logger>("xdpmirror", std::move(filter));
    log->set_formatter(std::make_unique<LineFormat>(
        LineStyle{.is_json = options.format == "json", .is_for_journal = logs_to_journal()}));
    log->set_level(level_of(options));
    spdlog::set_default_logger(std::move(log));
}

}  // namespace xdpmirror
