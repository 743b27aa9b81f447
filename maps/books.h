// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The books as sums over all CPUs, read from their maps. Reading disturbs no packet; under traffic
// the numbers are of slightly different moments, at rest received + copied == delivered + sum of drops.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "maps/book_rows.h"
#include "maps/drop_reasons.h"
#include "maps/layout.h"
#include "maps/result.h"

namespace xdpmirror {

// Descriptors of the book maps; borrowed.
struct BookMaps {
    int totals = -1;
    int drops = -1;
    int passes = -1;
    int notes = -1;
    int sources = -1;
    int rules = -1;
    int collectors = -1;
};

struct Books {
    xm_count received{};
    xm_count copied{};     // beyond the first send: received + copied = delivered + dropped
    xm_count delivered{};  // forwarded by the verdict less what was refused afterwards
    std::array<xm_count, XM_DROP_MAX> drops{};
    std::array<xm_count, XM_PASS_MAX> passes{};
    std::array<xm_count, XM_NOTE_MAX> notes{};  // beside the verdict, no part of any sum
    std::vector<xm_source_count> sources;  // in the order of BookRows, like the others
    std::vector<xm_count> rules;           // packets a rule matched
    std::vector<xm_count> collectors;      // packets sent towards a collector

    // By labels of another version, of the time when that ran; parts of the sums like those above.
    std::vector<std::pair<std::string, xm_count>> other_drops, other_passes;

    std::vector<std::string> left_out;  // directories of books that count for it and could not be read

    xm_count dropped() const;  // sum of drops
    xm_count passed() const;
};

// Some rows of a book of plain counters, summed over all CPUs.
Result<std::vector<xm_count>> read_counts(int map_fd, const std::vector<std::uint32_t>& rows);

Result<Books> read_books(const BookMaps& maps, const BookRows& rows);

// One row of a book as bare 64-bit counters, summed over all CPUs.
Result<std::vector<std::uint64_t>> read_book_row(int map_fd, std::uint32_t row, std::size_t row_bytes);

}  // namespace xdpmirror
