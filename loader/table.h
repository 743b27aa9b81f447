// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Columns of text for a terminal: as wide as their widest cell, numbers to the right.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace xdpmirror {

class TextTable {
  public:
    explicit TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.size() == 1; }
    // Each line ends with a newline and begins with `indent` blanks.
    std::string text(std::size_t indent = 0) const;

  private:
    std::vector<std::vector<std::string>> rows_;
};

// 12345678 as "12,345,678", in every locale.
std::string grouped(std::uint64_t number);

}  // namespace xdpmirror
