// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a line of the log looks like: text or JSON, and for the journal with its priority before it
// and without the time, which the journal has itself (sd-daemon(3)).
#pragma once

#include <spdlog/formatter.h>

#include <memory>
#include <string>

namespace xdpmirror {

struct LineStyle {
    bool is_json = false;
    bool is_for_journal = false;
};

class LineFormat final : public spdlog::formatter {
  public:
    explicit LineFormat(LineStyle style) : style_(style) {}

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override;
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<LineFormat>(style_);
    }

  private:
    LineStyle style_;
};

}  // namespace xdpmirror
