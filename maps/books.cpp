// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Sums per-CPU book rows. Every book row is a run of 64-bit counters, so one adder serves all.
#include "maps/books.h"

#include <algorithm>
#include <cstring>

#include <bpf/libbpf.h>

#include "maps/array.h"

namespace xdpmirror {
namespace {

template <class Row>
Row sum_copies(const std::byte* copies, std::size_t cpus) {
    static_assert(sizeof(Row) % sizeof(std::uint64_t) == 0);
    constexpr std::size_t kWords = sizeof(Row) / sizeof(std::uint64_t);
    std::array<std::uint64_t, kWords> sum{};
    for (std::size_t cpu = 0; cpu < cpus; ++cpu) {
        std::array<std::uint64_t, kWords> copy;
        std::memcpy(copy.data(), copies + cpu * sizeof(Row), sizeof(Row));
        for (std::size_t word = 0; word < kWords; ++word) sum[word] += copy[word];
    }
    Row total;
    std::memcpy(&total, sum.data(), sizeof(Row));
    return total;
}

template <class Row>
Result<std::vector<Row>> sum_rows(int map_fd, std::size_t count) {
    std::vector<Row> rows;
    if (count == 0) return rows;
    auto copies = map_get_per_cpu(map_fd, static_cast<std::uint32_t>(count), sizeof(Row));
    if (!copies) return copies.error();
    const std::size_t stride = copies->size() / count;
    rows.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        rows.push_back(sum_copies<Row>(copies->data() + i * stride, stride / sizeof(Row)));
    return rows;
}

// In their order.
template <class Row>
Result<std::vector<Row>> sum_rows_of(int map_fd, const std::vector<std::uint32_t>& wanted) {
    std::vector<Row> rows;
    if (wanted.empty()) return rows;
    auto all = sum_rows<Row>(map_fd, *std::ranges::max_element(wanted) + std::size_t{1});
    if (!all) return all.error();
    for (const auto row : wanted) rows.push_back((*all)[row]);
    return rows;
}

template <class Row>
Result<Row> sum_row(int map_fd) {
    auto rows = sum_rows<Row>(map_fd, 1);
    if (!rows) return rows.error();
    return rows->front();
}

template <std::size_t N>
xm_count sum_counts(const std::array<xm_count, N>& counts, const std::vector<std::pair<std::string, xm_count>>& others) {
    xm_count sum{};
    for (const auto& count : counts) add(sum, count);
    for (const auto& [label, count] : others) add(sum, count);
    return sum;
}

}  // namespace

void add(xm_count& sum, const xm_count& count) {
    sum.packets += count.packets;
    sum.bytes += count.bytes;
}

xm_count Books::dropped() const { return sum_counts(drops, other_drops); }
xm_count Books::passed() const { return sum_counts(passes, other_passes); }

Result<std::vector<xm_count>> read_counts(int map_fd, const std::vector<std::uint32_t>& rows) {
    return sum_rows_of<xm_count>(map_fd, rows);
}

Result<Books> read_books(const BookMaps& maps, const BookRows& rows) {
    auto totals = sum_row<xm_totals>(maps.totals);
    if (!totals) return while_doing("totals", totals.error());
    auto drops = sum_row<std::array<xm_count, XM_DROP_MAX>>(maps.drops);
    if (!drops) return while_doing("drops", drops.error());
    auto passes = sum_row<std::array<xm_count, XM_PASS_MAX>>(maps.passes);
    if (!passes) return while_doing("passes", passes.error());
    auto notes = sum_row<std::array<xm_count, XM_NOTE_MAX>>(maps.notes);
    if (!notes) return while_doing("notes", notes.error());
    auto sources = sum_rows_of<xm_source_count>(maps.sources, rows.sources);
    if (!sources) return while_doing("source book", sources.error());
    auto rules = sum_rows_of<xm_count>(maps.rules, rows.rules);
    if (!rules) return while_doing("rule book", rules.error());
    auto collectors = sum_rows_of<xm_count>(maps.collectors, rows.collectors);
    if (!collectors) return while_doing("collector book", collectors.error());

    Books books;
    books.received = totals->received;
    books.copied = totals->copied;
    books.delivered = totals->forwarded;
    books.delivered.packets -= (*drops)[XM_DROP_EGRESS_REJECTED].packets;
    books.drops = *drops;
    books.passes = *passes;
    books.notes = *notes;
    books.sources = std::move(*sources);
    books.rules = std::move(*rules);
    books.collectors = std::move(*collectors);
    return books;
}

Result<std::vector<std::uint64_t>> read_book_row(int map_fd, std::uint32_t row, std::size_t row_bytes) {
    std::vector<std::byte> copies(static_cast<std::size_t>(libbpf_num_possible_cpus()) * row_bytes);
    if (auto got = map_get(map_fd, &row, copies.data()); !got) return got.error();
    std::vector<std::uint64_t> sum(row_bytes / sizeof(std::uint64_t));
    for (std::size_t at = 0; at < copies.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, copies.data() + at, sizeof(word));
        sum[at / sizeof(word) % sum.size()] += word;
    }
    return sum;
}

}  // namespace xdpmirror
