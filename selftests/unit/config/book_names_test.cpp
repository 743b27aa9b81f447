// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Rows of the books belong to names, over all configurations of an attachment.
#include "config/book_names.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "config/profile.h"

namespace xdpmirror {
namespace {

using Rows = std::vector<std::uint32_t>;

// Sources with these names, and a rule and a collector for each.
Config config_of(const std::vector<std::string>& names) {
    Config config;
    Pool pool{.name = "fdi", .collectors = {}, .via = "out", .position = {}};
    std::uint32_t number = 0;
    for (const auto& name : names) {
        Source source;
        source.name = name;
        source.way = WayIn::vxlan;
        source.vni = ++number;
        source.from = {Prefix::all(Family::ipv4)};
        config.sources.push_back(source);
        Rule rule;
        rule.name = "rule of " + name;
        rule.match.vni = number;
        rule.pool = "fdi";
        config.rules.push_back(rule);
    }
    pool.collectors.push_back({.address = *IpAddress::parse("192.0.2.1"), .weight = 1, .position = {}});
    config.pools.push_back(pool);
    Egress egress;
    egress.name = "out";
    egress.ways.push_back({.interface = "eth1"});
    config.egress.push_back(egress);
    return config;
}

// As a reload after another does it: whoever runs is the configuration before.
class Attachment {
  public:
    Result<BookRows> reload(const std::vector<std::string>& names) {
        const auto config = config_of(names);
        const auto plan = make_plan(config);
        EXPECT_TRUE(plan);
        auto now = names_;
        auto rows = give_rows(config, *plan, running_ ? &*running_ : nullptr, readers(), now);
        if (!rows) return rows;
        // what is written into the state is what the next one reads
        auto read = BookNames::parse(now.text());
        EXPECT_TRUE(read);
        names_ = std::move(*read);
        running_ = *rows;
        const auto known = rows_of(config, names_);
        EXPECT_TRUE(known);
        if (known) {
            EXPECT_EQ(known->sources, rows->sources);
        }
        return rows;
    }

    // What all rows of the sources hold.
    std::map<std::uint32_t, BookWords> counted;
    BookNames names_;

  private:
    BookReaders readers() {
        const auto nobody = [](std::uint32_t) -> Result<BookWords> { return Error{"nobody reads this book"}; };
        const auto sources = [this](std::uint32_t row) -> Result<BookWords> {
            const auto found = counted.find(row);
            return found == counted.end() ? BookWords(2) : found->second;
        };
        return {.sources = sources, .rules = nobody, .collectors = nobody};
    }

    std::optional<BookRows> running_;
};

TEST(BookNames, KeepTheirRowsWhenTheOrderChanges) {
    Attachment attachment;
    EXPECT_EQ(attachment.reload({"a", "b", "c"})->sources, (Rows{0, 1, 2}));
    const auto rows = attachment.reload({"c", "new", "a"});
    EXPECT_EQ(rows->sources, (Rows{2, 3, 0}));
    EXPECT_EQ(rows->rules, (Rows{2, 3, 0}));
    EXPECT_EQ(rows->collectors, Rows{0});
}

TEST(BookNames, KeepTheirRowsWhileNobodyNamesThem) {
    Attachment attachment;
    ASSERT_TRUE(attachment.reload({"a", "b"}));
    ASSERT_TRUE(attachment.reload({"c"}));
    EXPECT_EQ(attachment.reload({"b", "a"})->sources, (Rows{1, 0}));
}

std::vector<std::string> numbered(const std::string& prefix, std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back(prefix + std::to_string(i));
    return names;
}

TEST(BookNames, RowsThatRunOutAreTakenFromNamesThatAreGone) {
    Attachment attachment;
    ASSERT_TRUE(attachment.reload(numbered("a", XM_MAX_SOURCES - 1)));
    ASSERT_TRUE(attachment.reload({"b"}));  // the last row that was free
    attachment.counted[0] = {7, 700};
    attachment.counted[1] = {8, 800};
    EXPECT_EQ(attachment.reload({"b", "c"})->sources, (Rows{XM_MAX_SOURCES - 1, 0}));
    EXPECT_EQ(attachment.names_.sources.rows[0].name, "c");
    EXPECT_EQ(attachment.names_.sources.rows[0].before, (BookWords{7, 700}));
    EXPECT_EQ(attachment.names_.sources.gone, (BookWords{7, 700}));
    // its next owner begins where c ends
    attachment.counted[0] = {10, 1000};
    ASSERT_TRUE(attachment.reload({"b", "a1"}));
    EXPECT_EQ(attachment.reload({"d"})->sources, Rows{0});
    EXPECT_EQ(attachment.names_.sources.rows[0].before, (BookWords{10, 1000}));
    EXPECT_EQ(attachment.names_.sources.gone, (BookWords{10, 1000}));
}

TEST(BookNames, RowsOfTheRunningConfigurationAreNotTaken) {
    Attachment attachment;
    ASSERT_TRUE(attachment.reload(numbered("a", XM_MAX_SOURCES)));
    const auto refused = attachment.reload({"b"});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("source: b: no row of its book is free"), std::string::npos)
        << refused.error().what;
    ASSERT_TRUE(attachment.reload({"a0"}));
    EXPECT_EQ(attachment.reload({"b"})->sources, Rows{1});
}

TEST(BookNames, TextThatIsNone) {
    for (const char* text : {"", "{", "{}", "[]", R"({"sources": 1, "rules": 2, "collectors": 3})"})
        EXPECT_FALSE(BookNames::parse(text)) << text;
    EXPECT_FALSE(rows_of(config_of({"a"}), BookNames{}));
}

// All tables refer to the row, and to nothing else.
TEST(BookNames, TablesCountWhereTheyAreTold) {
    const Environment none = [](const std::string&) { return std::nullopt; };
    const auto profile = parse_profile(R"(
version: 1
sources:
  - {name: wrapped, vxlan: {vni: 7}, from: [10.0.0.0/8, "fd00::/8"], exporters: [192.168.0.0/16]}
  - {name: bare, plain: {to: 10.3.0.1/32}, from: [10.9.0.0/16]}
rules:
  - {name: one, match: {port: 1}, send: {to: p, port: 7}}
  - {name: two, match: {port: 2}, send: [{to: p, port: 8}, {to: p, port: 9}]}
pools:
  p: {collectors: [{address: 192.0.2.1}], via: out}
egress:
  out: {interface: eth1}
)", "t.yaml", none);
    ASSERT_TRUE(profile) << profile.error().what;
    auto plan = make_plan(profile->config);
    ASSERT_TRUE(plan);
    place_in_books(*plan, {.sources = {5, 9}, .rules = {3, 1}, .collectors = {4}});
    for (const auto& [key, row] : plan->vnis) {
        const bool is_plain = key >> XM_WAY_SHIFT == XM_WAY_PLAIN;
        EXPECT_EQ(key, row.vni);
        if (is_plain) {
            EXPECT_EQ(key & 0xffffff, 9U);
        }
        for (std::uint32_t i = 0; i < row.sender_count; ++i) EXPECT_EQ(row.sender[i].source, is_plain ? 9U : 5U);
    }
    for (const auto& [key, sender] : plan->senders) {
        const auto way = ntohl(key.vni) >> XM_WAY_SHIFT;
        if (way == XM_WAY_PLAIN) {
            EXPECT_EQ(ntohl(key.vni) & 0xffffff, 9U);
        }
        if (sender.source == XM_NO_ROW) continue;
        EXPECT_EQ(sender.source, way == XM_WAY_VXLAN ? 5U : 9U);
    }
    ASSERT_FALSE(plan->exporters.empty());
    for (const auto& [key, exporter] : plan->exporters) EXPECT_EQ(ntohl(key.source), 5U);
    ASSERT_EQ(plan->sources.size(), 10U);
    EXPECT_EQ(plan->sources[5].policy, XM_POLICY_EXPORTERS);
    EXPECT_EQ(plan->sources[0].policy, 0U);
    for (const auto& [key, rule] : plan->rules4) EXPECT_EQ(rule.book, rule.rank == 0 ? 3U : 1U);
    ASSERT_EQ(plan->copies.size(), 4U);
    EXPECT_EQ(plan->copies[1].count, 2U);
    EXPECT_EQ(plan->copies[3].count, 1U);
    EXPECT_EQ(plan->collectors[0].row.book, 4U);
}

}  // namespace
}  // namespace xdpmirror
