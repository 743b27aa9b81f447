// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Whom the rows of the books count for. Books outlast configurations: a source, rule or collector keeps its
// row for as long as an attachment lives, also while no configuration names it; when rows run out, those
// of names that are gone are given to new ones, and what they had counted is kept beside. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/plan.h"
#include "maps/book_rows.h"
#include "maps/result.h"

namespace xdpmirror {

// The 64-bit counters of one row, summed over all CPUs.
using BookWords = std::vector<std::uint64_t>;

struct BookRow {
    std::string name;    // empty: nobody had it yet
    BookWords before{};  // what the row had counted for others; empty: nothing
};

struct Book {
    std::vector<BookRow> rows;  // by row
    BookWords gone{};           // what was counted for names that have no row any more
};

struct BookNames {
    Book sources, rules, collectors;  // of collectors the name is Plan::CollectorRow::label

    std::string text() const;  // JSON
    // An error if it is not what text() writes.
    static Result<BookNames> parse(const std::string& text);
};

// Counters of a row that nobody counts in any more.
struct BookReaders {
    using Read = std::function<Result<BookWords>(std::uint32_t row)>;
    Read sources, rules, collectors;
};

// Gives everything that a plan names its row, and enters it in `names`. Rows are taken from names that neither
// `plan` nor `running`, the configuration that counts at this moment, has; nullptr: none runs.
Result<BookRows> give_rows(const Config& config, const Plan& plan, const BookRows* running,
                           const BookReaders& readers, BookNames& names);

// The rows that a configuration has already; an error if `names` does not know it.
Result<BookRows> rows_of(const Config& config, const BookNames& names);

// Lets the rows of all tables count where they are told to; a plan counts by index as it is made.
void place_in_books(Plan& plan, const BookRows& rows);

// Whom the books of a configuration count for, in the order of BookRows; collectors as "fdi/100.76.10.11".
std::vector<std::string> source_names(const Config& config);
std::vector<std::string> rule_names(const Config& config);
std::vector<std::string> collector_labels(const Config& config);

}  // namespace xdpmirror
