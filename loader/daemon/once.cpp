// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/once.h"

#include <spdlog/spdlog.h>

namespace xdpmirror {

void Once::say(const std::string& part, const Result<>& done) {
    const auto error = done ? std::string() : one_line(done.error());
    auto& before = said_[part];
    if (error != before && !error.empty()) spdlog::error("{}", error);
    before = error;
}

}  // namespace xdpmirror
