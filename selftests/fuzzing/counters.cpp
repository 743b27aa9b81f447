// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/counters.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cstdio>
#include <cstdlib>

namespace xdpmirror::fuzz {
namespace {

using reference::Answer;
using reference::Verdict;

constexpr const char* kMaps[] = {"xm_totals",      "xm_drops",     "xm_passes",   "xm_notes",
                                 "xm_source_book", "xm_rule_book", "xm_coll_book"};

enum Totals { received, forwarded };
enum SourceCounts { source_received, source_forwarded, source_dropped, source_truncated };

}  // namespace

const char* Counters::map_name(Book book) {
    return kMaps[book];
}

Counters::Counters(const test::Rig& rig) : rig_(&rig) {
    const Config& config = rig.config();
    shapes_[totals] = {1, sizeof(xm_totals) / sizeof(xm_count)};
    shapes_[drops] = {1, XM_DROP_MAX};
    shapes_[passes] = {1, XM_PASS_MAX};
    shapes_[notes] = {1, XM_NOTE_MAX};
    shapes_[sources] = {config.sources.size(), 4};
    shapes_[rules] = {config.rules.size(), 1};
    shapes_[collectors] = {rig.plan().collectors.size(), 1};
    std::size_t start = 0;
    for (Shape& shape : shapes_) {
        shape.start = start;
        start += shape.rows * shape.counts * 2;
    }
    numbers_.resize(start);
}

Counters Counters::read(const test::Rig& rig) {
    static const auto processors = static_cast<std::size_t>(libbpf_num_possible_cpus());
    Counters all(rig);
    for (int book = 0; book < books; book++) {
        const Shape& shape = all.shapes_[book];
        const int fd = rig.data_plane().map_fd(map_name(static_cast<Book>(book)));
        const std::size_t words = shape.counts * 2;
        std::vector<std::uint64_t> row(words * processors);
        for (std::uint32_t i = 0; i < shape.rows; i++) {
            if (bpf_map_lookup_elem(fd, &i, row.data()) != 0) {
                std::perror(kMaps[book]);
                std::abort();
            }
            for (std::size_t word = 0; word < row.size(); word++)
                all.numbers_[shape.start + i * words + word % words] += row[word];
        }
    }
    return all;
}

std::uint64_t& Counters::packets(Book book, std::size_t row, std::size_t which) {
    const Shape& shape = shapes_[book];
    return numbers_.at(shape.start + (row * shape.counts + which) * 2);
}

void Counters::count(Book book, std::size_t row, std::size_t which, std::uint64_t bytes) {
    std::uint64_t* pair = &packets(book, row, which);
    pair[0]++;
    pair[1] += bytes;
}

void Counters::add(const Answer& answer) {
    for (const xm_note note : answer.notes) count(notes, 0, note, answer.bytes);
    if (answer.verdict == Verdict::pass) return count(passes, 0, answer.pass, answer.bytes);
    const bool leaves = answer.verdict != Verdict::drop;
    const std::uint64_t sent = answer.out.size();
    count(totals, 0, received, answer.bytes);
    if (leaves)
        count(totals, 0, forwarded, sent);
    else
        count(drops, 0, answer.drop, answer.bytes);
    if (answer.source) {
        count(sources, *answer.source, source_received, answer.bytes);
        if (leaves)
            count(sources, *answer.source, source_forwarded, sent);
        else
            count(sources, *answer.source, source_dropped, answer.bytes);
        if (answer.truncated) count(sources, *answer.source, source_truncated, answer.bytes);
    }
    if (answer.rule) count(rules, *answer.rule, 0, answer.bytes);
    if (answer.collector) count(collectors, *answer.collector, 0, sent);
}

Counters Counters::operator-(const Counters& other) const {
    Counters difference = *this;
    for (std::size_t i = 0; i < numbers_.size(); i++) difference.numbers_[i] -= other.numbers_[i];
    return difference;
}

std::string Counters::name(std::size_t index) const {
#define XM_AS_LABEL(id, label, text) #label,
    static constexpr const char* kDrops[] = {XM_DROP_REASONS(XM_AS_LABEL)};
    static constexpr const char* kPasses[] = {XM_PASS_REASONS(XM_AS_LABEL)};
    static constexpr const char* kNotes[] = {XM_NOTES(XM_AS_LABEL)};
#undef XM_AS_LABEL
    static constexpr const char* kTotals[] = {"received", "forwarded", "copied"};
    static constexpr const char* kSource[] = {" received", " forwarded", " dropped", " truncated"};
    int book = books - 1;
    while (shapes_[book].start > index) book--;
    const std::size_t pair = (index - shapes_[book].start) / 2;
    const std::size_t row = pair / shapes_[book].counts;
    const std::size_t which = pair % shapes_[book].counts;
    const std::string unit = index % 2 == 0 ? " packets" : " bytes";
    switch (book) {
        case totals:
            return kTotals[which] + unit;
        case drops:
            return std::string("drop ") + kDrops[which] + unit;
        case passes:
            return std::string("pass ") + kPasses[which] + unit;
        case notes:
            return std::string("note ") + kNotes[which] + unit;
        case sources:
            return "source " + rig_->config().sources[row].name + kSource[which] + unit;
        case rules:
            return "rule " + rig_->config().rules[row].name + unit;
        default:
            return "collector " + rig_->plan().collectors[row].label + unit;
    }
}

std::string Counters::difference(const Counters& want) const {
    std::string text;
    for (std::size_t i = 0; i < numbers_.size(); i++)
        if (numbers_[i] != want.numbers_[i])
            text += name(i) + ": want " + std::to_string(want.numbers_[i]) + ", got " +
                    std::to_string(numbers_[i]) + "\n";
    return text;
}

}  // namespace xdpmirror::fuzz
