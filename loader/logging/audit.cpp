// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/logging/audit.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/syslog_sink.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "loader/history/sha256.h"

namespace xdpmirror {
namespace {

std::string quoted(const std::string& value) {
    const auto is_plain = [](char c) {
        return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
    };

    if (!value.empty() && std::ranges::all_of(value, is_plain)) return value;
    return nlohmann::json(value).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string hash_text(const std::string& hash) {
    return hash.empty() ? "none" : short_hash(hash);
}

}  // namespace

std::string audit_line(const Who& who, const std::string& command, const std::string& interface,
                       const std::string& profile, const std::string& before,
                       const std::string& after, const std::string& result) {
    return "command=" + quoted(command) + " interface=" + quoted(interface) +
           " profile=" + quoted(profile) + " who=" + quoted(who.text()) +
           " before=" + hash_text(before) + " after=" + hash_text(after) +
           " result=" + quoted(result);
}

Audit::Audit(std::string command, std::string interface, std::string profile)
    : command_(std::move(command)),
      interface_(std::move(interface)),
      profile_(std::move(profile)) {}

Audit::~Audit() {
    if (!said_) say("interrupted", false);
}

void Audit::say(const std::string& result, bool is_good) {
    said_ = true;
    // Of this line alone: openlog() is one for the whole process.
    auto sink =
        std::make_shared<spdlog::sinks::syslog_sink_st>("xdpmirror", LOG_PID, LOG_AUTHPRIV, false);
    spdlog::logger log("audit", std::move(sink));
    log.log(is_good ? spdlog::level::info : spdlog::level::warn, "{}",
            audit_line(who_asks(), command_, interface_, profile_, before_,
                       is_good ? after_ : before_, result));
}

}  // namespace xdpmirror
