// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A column is right-aligned when every cell below its header starts with a digit.
#include "loader/table.h"

#include <algorithm>
#include <cstdint>

namespace xdpmirror {
namespace {

bool is_number(const std::string& cell) {
    return !cell.empty() && std::all_of(cell.begin(), cell.end(), [](char c) {
        return (c >= '0' && c <= '9') || c == ',';
    });
}

}  // namespace

std::string TextTable::text(std::size_t indent) const {
    const auto columns = rows_.front().size();
    std::vector<std::size_t> width(columns, 0);
    std::vector<bool> right(columns, rows_.size() > 1);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            width[c] = std::max(width[c], rows_[r][c].size());
            if (r > 0 && !is_number(rows_[r][c])) right[c] = false;
        }
    }
    std::string out;
    for (const auto& row : rows_) {
        std::string line(indent, ' ');
        for (std::size_t c = 0; c < columns; ++c) {
            const std::string fill(width[c] - row[c].size(), ' ');
            line += right[c] ? fill + row[c] : row[c] + fill;
            if (c + 1 < columns) line += "  ";
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

std::string grouped(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i != 0 && (digits.size() - i) % 3 == 0) out += ',';
        out += digits[i];
    }
    return out;
}

}  // namespace xdpmirror
