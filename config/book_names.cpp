// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/book_names.h"

#include <arpa/inet.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t kRowBits = (1U << XM_WAY_SHIFT) - 1;

void add(BookWords& sum, const BookWords& words) {
    if (sum.size() < words.size()) sum.resize(words.size());
    for (std::size_t i = 0; i < words.size(); ++i) sum[i] += words[i];
}

BookWords less(BookWords words, const BookWords& before) {
    for (std::size_t i = 0; i < words.size() && i < before.size(); ++i) words[i] -= before[i];
    return words;
}

// One book while rows are given out.
class Giver {
  public:
    Giver(Book& book, std::size_t limit, const std::vector<std::uint32_t>* running)
        : book_(book), limit_(limit), taken_(book.rows.size()) {
        for (std::uint32_t row = 0; row < book.rows.size(); ++row) {
            if (!book.rows[row].name.empty()) rows_.emplace(book.rows[row].name, row);
        }
        for (const auto row : running != nullptr ? *running : std::vector<std::uint32_t>()) take(row);
    }

    Result<std::vector<std::uint32_t>> give(const std::vector<std::string>& names, const BookReaders::Read& read) {
        std::vector<std::uint32_t> rows(names.size(), XM_NO_ROW);
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto known = rows_.find(names[i]);
            if (known == rows_.end()) continue;
            rows[i] = known->second;
            take(rows[i]);
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (rows[i] != XM_NO_ROW) continue;
            auto row = find_free(read);
            if (!row) return while_doing(names[i], row.error());
            book_.rows[*row].name = names[i];
            rows[i] = *row;
            take(*row);
        }
        return rows;
    }

  private:
    void take(std::uint32_t row) {
        if (row < taken_.size()) taken_[row] = true;
    }

    Result<std::uint32_t> find_free(const BookReaders::Read& read) {
        if (book_.rows.size() < limit_) {
            book_.rows.emplace_back();
            taken_.push_back(false);
            return static_cast<std::uint32_t>(book_.rows.size() - 1);
        }
        while (next_ < taken_.size() && taken_[next_]) ++next_;
        if (next_ == taken_.size())
            return Error{"no row of its book is free, as the configuration that runs needs " +
                         std::to_string(limit_) + " with it; reload with less in between"};
        auto& row = book_.rows[next_];
        auto words = read(next_);
        if (!words) return words.error();
        add(book_.gone, less(*words, row.before));
        row = {.name = {}, .before = std::move(*words)};
        return next_;
    }

    Book& book_;
    std::size_t limit_;
    std::vector<bool> taken_;  // by row
    std::unordered_map<std::string, std::uint32_t> rows_;
    std::uint32_t next_ = 0;
};

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
    std::vector<std::string> names;
    for (const auto& one : all) names.push_back(one.name);
    return names;
}

Json to_json(const Book& book) {
    Json rows = Json::array();
    for (const auto& row : book.rows) {
        if (row.before.empty())
            rows.push_back(row.name);
        else
            rows.push_back({row.name, row.before});
    }
    return {{"rows", rows}, {"gone", book.gone}};
}

Book book_of(const Json& json) {
    Book book;
    for (const auto& row : json.at("rows")) {
        if (row.is_string())
            book.rows.push_back({.name = row.get<std::string>(), .before = {}});
        else
            book.rows.push_back({.name = row.at(0).get<std::string>(), .before = row.at(1).get<BookWords>()});
    }
    book.gone = json.at("gone").get<BookWords>();
    return book;
}

Result<std::vector<std::uint32_t>> known_rows(const Book& book, const std::vector<std::string>& names) {
    std::unordered_map<std::string, std::uint32_t> rows;
    for (std::uint32_t row = 0; row < book.rows.size(); ++row) rows.emplace(book.rows[row].name, row);
    std::vector<std::uint32_t> found;
    for (const auto& name : names) {
        const auto known = rows.find(name);
        if (known == rows.end()) return Error{"the books have no row for '" + name + "'"};
        found.push_back(known->second);
    }
    return found;
}

// The key of a source's own sender row has the source in it where it comes without encapsulation.
std::uint32_t placed_key(std::uint32_t key, const std::vector<std::uint32_t>& sources) {
    if (key >> XM_WAY_SHIFT != XM_WAY_PLAIN) return key;
    return XM_WAY_PLAIN << XM_WAY_SHIFT | sources[key & kRowBits];
}

std::uint32_t placed(std::uint32_t row, const std::vector<std::uint32_t>& rows) {
    return row == XM_NO_ROW ? row : rows[row];
}

template <class Row>
std::vector<Row> spread(const std::vector<Row>& by_index, const std::vector<std::uint32_t>& rows) {
    std::vector<Row> by_row;
    for (std::size_t i = 0; i < by_index.size(); ++i) {
        if (by_row.size() <= rows[i]) by_row.resize(rows[i] + 1, Row{});
        by_row[rows[i]] = by_index[i];
    }
    return by_row;
}

}  // namespace

std::string BookNames::text() const {
    const Json json = {
        {"sources", to_json(sources)}, {"rules", to_json(rules)}, {"collectors", to_json(collectors)}};
    return json.dump();
}

Result<BookNames> BookNames::parse(const std::string& text) {
    const auto json = Json::parse(text, nullptr, false);
    try {
        return BookNames{.sources = book_of(json.at("sources")),
                         .rules = book_of(json.at("rules")),
                         .collectors = book_of(json.at("collectors"))};
    } catch (const Json::exception&) {
        return Error{"the names of the books cannot be read"};
    }
}

std::vector<std::string> source_names(const Config& config) { return names_of(config.sources); }

std::vector<std::string> rule_names(const Config& config) { return names_of(config.rules); }

std::vector<std::string> collector_labels(const Config& config) {
    std::vector<std::string> labels;
    for (const auto& pool : config.pools) {
        for (const auto& collector : pool.collectors) labels.push_back(pool.name + "/" + collector.address.text());
    }
    return labels;
}

Result<BookRows> give_rows(const Config& config, const Plan& plan, const BookRows* running,
                           const BookReaders& readers, BookNames& names) {
    std::vector<std::string> labels;
    for (const auto& collector : plan.collectors) labels.push_back(collector.label);
    auto sources = Giver(names.sources, XM_MAX_SOURCES, running ? &running->sources : nullptr)
                       .give(source_names(config), readers.sources);
    if (!sources) return while_doing("source", sources.error());
    auto rules = Giver(names.rules, XM_MAX_RULES, running ? &running->rules : nullptr)
                     .give(rule_names(config), readers.rules);
    if (!rules) return while_doing("rule", rules.error());
    auto collectors = Giver(names.collectors, XM_MAX_COLLECTORS, running ? &running->collectors : nullptr)
                          .give(labels, readers.collectors);
    if (!collectors) return while_doing("collector", collectors.error());
    return BookRows{.sources = std::move(*sources), .rules = std::move(*rules), .collectors = std::move(*collectors)};
}

Result<BookRows> rows_of(const Config& config, const BookNames& names) {
    auto sources = known_rows(names.sources, source_names(config));
    if (!sources) return sources.error();
    auto rules = known_rows(names.rules, rule_names(config));
    if (!rules) return rules.error();
    auto collectors = known_rows(names.collectors, collector_labels(config));
    if (!collectors) return collectors.error();
    return BookRows{.sources = std::move(*sources), .rules = std::move(*rules), .collectors = std::move(*collectors)};
}

void place_in_books(Plan& plan, const BookRows& rows) {
    for (auto& [key, row] : plan.vnis) {
        key = placed_key(key, rows.sources);
        for (auto& sender : row.sender) sender.source = placed(sender.source, rows.sources);
        row.vni = key;
    }
    for (auto& [key, sender] : plan.senders) {
        key.vni = htonl(placed_key(ntohl(key.vni), rows.sources));
        sender.source = placed(sender.source, rows.sources);
    }
    for (auto& [key, exporter] : plan.exporters) key.source = htonl(rows.sources[ntohl(key.source)]);
    plan.sources = spread(plan.sources, rows.sources);
    for (auto& [key, rule] : plan.rules4) rule.book = rows.rules[rule.book];
    for (auto& [key, rule] : plan.rules6) rule.book = rows.rules[rule.book];
    plan.copies = spread(plan.copies, rows.rules);
    for (std::size_t i = 0; i < plan.collectors.size(); ++i)
        plan.collectors[i].row.book = rows.collectors[i];
}

}  // namespace xdpmirror
