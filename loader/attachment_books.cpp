// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/attachment_books.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include "maps/btf_fields.h"
#include "maps/reasons.h"

namespace xdpmirror {
namespace {

constexpr std::string_view kFormer = "former_";
constexpr std::string_view kPassing = "_next";
constexpr const char* kPackets = ".packets";
constexpr const char* kBytes = ".bytes";

struct OpenBooks {
    UniqueFd totals, drops, passes, notes, sources, rules, collectors;

    BookMaps maps() const {
        return {.totals = totals.get(),
                .drops = drops.get(),
                .passes = passes.get(),
                .notes = notes.get(),
                .sources = sources.get(),
                .rules = rules.get(),
                .collectors = collectors.get()};
    }
};

Result<OpenBooks> open_books(const PinDir& directory) {
    OpenBooks books;
    const std::pair<const char*, UniqueFd*> files[] = {
        {"xm_totals", &books.totals},       {"xm_drops", &books.drops},     {"xm_passes", &books.passes},
        {"xm_notes", &books.notes},         {"xm_source_book", &books.sources}, {"xm_rule_book", &books.rules},
        {"xm_coll_book", &books.collectors},
    };
    for (const auto& [name, fd] : files) {
        auto opened = directory.open_to_read(name);
        if (!opened) return opened.error();
        *fd = std::move(*opened);
    }
    return books;
}

// What a row had counted for others before is not theirs.
void take_off(xm_count& count, const BookWords& before) {
    if (before.size() < 2) return;
    count.packets -= before[0];
    count.bytes -= before[1];
}

void take_off(xm_source_count& count, const BookWords& before) {
    static_assert(sizeof(count) == 8 * sizeof(std::uint64_t));
    xm_count* parts[] = {&count.received, &count.forwarded, &count.dropped, &count.truncated};
    for (std::size_t i = 0; i < std::size(parts) && 2 * i + 1 < before.size(); ++i)
        take_off(*parts[i], {before[2 * i], before[2 * i + 1]});
}

template <class Count>
void take_off(std::vector<Count>& counts, const std::vector<std::uint32_t>& rows, const Book& book) {
    for (std::size_t i = 0; i < counts.size(); ++i) take_off(counts[i], book.rows[rows[i]].before);
}

// One book of another layout.
class FormerBook {
  public:
    static Result<FormerBook> open(int map_fd) {
        auto fields = BtfFields::of(map_fd);
        if (!fields) return fields.error();
        return FormerBook(map_fd, std::move(*fields));
    }

    Result<> read(std::uint32_t row, const BookWords& before = {}) {
        auto words = read_book_row(map_fd_, row, fields_.row_bytes());
        if (!words) return words.error();
        words_ = std::move(*words);
        for (std::size_t i = 0; i < words_.size() && i < before.size(); ++i) words_[i] -= before[i];
        return Ok{};
    }

    // A struct xm_count of the row, by name; empty: the row is one itself.
    xm_count count(const std::string& name) const {
        const auto part = [&](const char* suffix) {
            const std::string field = name.empty() ? suffix + 1 : name + suffix;
            return fields_.number(std::as_bytes(std::span(words_)), field).value_or(0);
        };
        return {.packets = part(kPackets), .bytes = part(kBytes)};
    }

    // The names that count() knows.
    std::vector<std::string> labels() const {
        std::vector<std::string> labels;
        for (const auto& field : fields_.fields()) {
            if (field.name.ends_with(kPackets))
                labels.push_back(field.name.substr(0, field.name.size() - std::string_view(kPackets).size()));
        }
        return labels;
    }

  private:
    FormerBook(int map_fd, BtfFields fields) : map_fd_(map_fd), fields_(std::move(fields)) {}

    int map_fd_;
    BtfFields fields_;
    BookWords words_;
};

using Others = std::vector<std::pair<std::string, xm_count>>;

// By label; what this version has no label for, in `others` if there is one.
template <std::size_t N, class ReasonOf>
Result<> add_reasons(std::array<xm_count, N>& counts, Others* others, int map_fd, ReasonOf reason_of) {
    auto book = FormerBook::open(map_fd);
    if (!book) return book.error();
    if (auto read = book->read(0); !read) return read;
    for (const auto& label : book->labels()) {
        const auto count = book->count(label);
        std::uint32_t reason = 0;
        while (reason < N && reason_of(reason).label != label) ++reason;
        if (reason < N)
            add(counts[reason], count);
        else if (others != nullptr && count.packets != 0)
            others->emplace_back(label, count);
    }
    return Ok{};
}

// Rows of another layout's book for names of this configuration, by index.
struct NamedRow {
    std::size_t index;
    std::uint32_t row;
    const BookWords* before;
};

std::vector<NamedRow> rows_in(const Book& book, const std::vector<std::string>& names) {
    std::vector<NamedRow> rows;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto found = std::ranges::find(book.rows, names[i], &BookRow::name);
        if (found != book.rows.end())
            rows.push_back({i, static_cast<std::uint32_t>(found - book.rows.begin()), &found->before});
    }
    return rows;
}

Result<> add_counts(std::vector<xm_count>& counts, const std::vector<NamedRow>& rows, int map_fd) {
    auto book = FormerBook::open(map_fd);
    if (!book) return book.error();
    for (const auto& [index, row, before] : rows) {
        if (auto read = book->read(row, *before); !read) return read;
        add(counts[index], book->count({}));
    }
    return Ok{};
}

Result<> add_sources(std::vector<xm_source_count>& counts, const std::vector<NamedRow>& rows, int map_fd) {
    auto book = FormerBook::open(map_fd);
    if (!book) return book.error();
    for (const auto& [index, row, before] : rows) {
        if (auto read = book->read(row, *before); !read) return read;
        add(counts[index].received, book->count("received"));
        add(counts[index].forwarded, book->count("forwarded"));
        add(counts[index].dropped, book->count("dropped"));
        add(counts[index].truncated, book->count("truncated"));
    }
    return Ok{};
}

Result<> add_former(Books& books, const PinDir& directory, const Config& config) {
    auto maps = open_books(directory);
    if (!maps) return maps.error();
    auto totals = FormerBook::open(maps->totals.get());
    if (!totals) return totals.error();
    if (auto read = totals->read(0); !read) return read;
    const auto rejected = books.drops[XM_DROP_EGRESS_REJECTED].packets;
    add(books.received, totals->count("received"));
    add(books.copied, totals->count("copied"));
    add(books.delivered, totals->count("forwarded"));
    if (auto added = add_reasons(books.drops, &books.other_drops, maps->drops.get(), drop_reason); !added) return added;
    books.delivered.packets -= books.drops[XM_DROP_EGRESS_REJECTED].packets - rejected;
    if (auto added = add_reasons(books.passes, &books.other_passes, maps->passes.get(), pass_reason); !added)
        return added;
    if (auto added = add_reasons(books.notes, nullptr, maps->notes.get(), note); !added) return added;
    auto names = read_names(directory);
    if (!names) return Ok{};  // the totals are right; nobody knows whose the rows were
    if (auto added = add_sources(books.sources, rows_in(names->sources, source_names(config)), maps->sources.get());
        !added)
        return added;
    if (auto added = add_counts(books.rules, rows_in(names->rules, rule_names(config)), maps->rules.get()); !added)
        return added;
    return add_counts(books.collectors, rows_in(names->collectors, collector_labels(config)), maps->collectors.get());
}

}  // namespace

const std::vector<std::string>& book_names() {
    static const std::vector<std::string> names = {"xm_totals",      "xm_drops",     "xm_passes",   "xm_notes",
                                                   "xm_source_book", "xm_rule_book", "xm_coll_book"};
    return names;
}

PinDir former_books(const StateDir& state, std::uint64_t layout_hash) {
    return PinDir(state.file(fmt::format("{}{:016x}", kFormer, layout_hash)));
}

Result<> keep_books(const StateDir& state, const PinDir& running, std::uint64_t layout_hash) {
    const auto kept = former_books(state, layout_hash);
    if (auto created = kept.create(); !created) return created;
    auto names = book_names();
    // whom the rows count for changes with each configuration
    names.insert(names.end(), {"xm_meta", "xm_profile"});
    for (const auto& name : names) {
        const auto passing = name + std::string(kPassing);
        auto map = running.open(name);
        if (!map) return map.error();
        if (auto removed = kept.remove(passing); !removed) return removed;
        if (auto pinned = kept.pin_to_read(map->get(), passing); !pinned) return pinned;
        if (auto renamed = kept.rename(passing, name); !renamed) return renamed;
    }
    return Ok{};
}

Result<> tidy_former_books(const StateDir& state) {
    for (const auto& name : state.entries()) {
        if (!name.starts_with(kFormer)) continue;
        const PinDir former(state.file(name));
        for (const auto& pin : former.entries()) {
            if (!pin.ends_with(kPassing)) continue;
            if (auto removed = former.remove(pin); !removed) return removed;
        }
    }
    return Ok{};
}

Result<Books> read_attachment_books(const StateDir& state, const Attached& attached,
                                    std::vector<std::string>& left_out) {
    auto maps = open_books(attached.directory);
    if (!maps) return maps.error();
    auto books = read_books(maps->maps(), attached.rows);
    if (!books) return books.error();
    take_off(books->sources, attached.rows.sources, attached.names.sources);
    take_off(books->rules, attached.rows.rules, attached.names.rules);
    take_off(books->collectors, attached.rows.collectors, attached.names.collectors);
    const auto running = former_books(state, attached.meta.layout_hash).path();
    for (const auto& name : state.entries()) {
        const PinDir former(state.file(name));
        if (!name.starts_with(kFormer) || former.path() == running) continue;
        auto with_former = *books;
        auto added = add_former(with_former, former, attached.profile.config);
        if (added)
            *books = std::move(with_former);
        else if (added.error().code.value() == EPERM)
            left_out.push_back(former.path());
        else
            return while_doing("books of a former version in " + former.path(), added.error());
    }
    return books;
}

}  // namespace xdpmirror
