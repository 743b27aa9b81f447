// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Two-choice tables: every key stands in one of its two slots, no other key seems to be there, and
// the same rows give the same table.
#include "maps/placed_table.h"

#include <gtest/gtest.h>

#include <random>

namespace xdpmirror {
namespace {

xm_rule_row4 row_of(std::uint32_t from, std::uint16_t port, std::uint8_t shape) {
    xm_rule_row4 row{};
    row.key.from = from;
    row.key.port = port;
    row.key.shape = shape;
    row.rule.rank = from ^ port;
    return row;
}

xm_rule_row4 empty_row() {
    return row_of(0, 0, XM_NO_SHAPE);
}

PlacedTable<xm_rule_row4> table_of(const std::vector<xm_rule_row4>& rows) {
    return place(rows, empty_row(), [](const xm_rule_row4& row) { return row.key; });
}

// As the data plane looks: both slots, whole keys compared.
const xm_rule_row4* find(const PlacedTable<xm_rule_row4>& table, const xm_rule_key4& key) {
    __u64 words[2];
    std::memcpy(words, &key, sizeof(words));
    for (__u32 choice = 0; choice < XM_HASH_CHOICES; choice++) {
        const xm_rule_row4& row = table.slots.at(xm_slot(&table.hash, choice, words, 2));
        if (std::memcmp(&row.key, &key, sizeof(key)) == 0) return &row;
    }
    return nullptr;
}

void expect_all_found(const std::vector<xm_rule_row4>& rows) {
    const auto table = table_of(rows);
    EXPECT_GE(table.slots.size(), rows.size());
    EXPECT_LE(table.slots.size(), 16 * (rows.size() + 1)) << "the table grows without need";
    for (const auto& row : rows) {
        const auto* found = find(table, row.key);
        ASSERT_NE(found, nullptr) << "of " << rows.size() << " rows";
        ASSERT_EQ(found->rule.rank, row.rule.rank);
    }
    const auto filled =
        std::count_if(table.slots.begin(), table.slots.end(),
                      [](const xm_rule_row4& row) { return row.key.shape != XM_NO_SHAPE; });
    EXPECT_EQ(static_cast<std::size_t>(filled), rows.size());
}

TEST(PlacedTable, FindsEveryKeyOfEverySize) {
    std::mt19937 random(20240505);
    for (const std::size_t size : {0U, 1U, 2U, 3U, 4U, 5U, 7U, 8U, 9U, 100U, 1000U, 20000U}) {
        std::vector<xm_rule_row4> rows;
        for (std::size_t i = 0; i < size; i++)
            rows.push_back(row_of(static_cast<std::uint32_t>(random()),
                                  static_cast<std::uint16_t>(i),
                                  static_cast<std::uint8_t>(i % 16)));
        expect_all_found(rows);
    }
}

// What profiles hold: addresses and ports that count upwards.
TEST(PlacedTable, FindsKeysThatDifferInFewBits) {
    std::vector<xm_rule_row4> ports, hosts, networks;
    for (std::uint32_t i = 0; i < 4096; i++) {
        ports.push_back(row_of(0, static_cast<std::uint16_t>(i), 0));
        hosts.push_back(row_of(__builtin_bswap32(0x0a000000 + i), 2055, 1));
        networks.push_back(row_of(__builtin_bswap32(i << 8), 0, 2));
    }
    expect_all_found(ports);
    expect_all_found(hosts);
    expect_all_found(networks);
}

TEST(PlacedTable, FindsNoKeyThatWasNotPlaced) {
    std::vector<xm_rule_row4> rows;
    for (std::uint32_t i = 0; i < 1000; i++) rows.push_back(row_of(i, 2055, 0));
    const auto table = table_of(rows);
    for (std::uint32_t i = 0; i < 1000; i++) {
        EXPECT_EQ(find(table, row_of(i, 2056, 0).key), nullptr);
        EXPECT_EQ(find(table, row_of(i, 2055, 1).key), nullptr);
        EXPECT_EQ(find(table, row_of(i + 1000, 2055, 0).key), nullptr);
    }
    const auto nothing = table_of({});
    EXPECT_EQ(find(nothing, row_of(0, 0, 0).key), nullptr);
}

TEST(PlacedTable, IsTheSameOnEveryNode) {
    std::vector<xm_rule_row4> rows;
    for (std::uint32_t i = 0; i < 500; i++) rows.push_back(row_of(i * 77, 9995, 3));
    const auto one = table_of(rows), two = table_of(rows);
    ASSERT_EQ(one.slots.size(), two.slots.size());
    EXPECT_EQ(std::memcmp(&one.hash, &two.hash, sizeof(one.hash)), 0);
    EXPECT_EQ(
        std::memcmp(one.slots.data(), two.slots.data(), one.slots.size() * sizeof(one.slots[0])),
        0);
}

TEST(PlacedTable, MultipliersAreOddAndDifferInEveryAttempt) {
    for (std::uint32_t attempt = 0; attempt < 100; attempt++) {
        const xm_hash one = attempt_hash(attempt, 10), next = attempt_hash(attempt + 1, 10);
        EXPECT_NE(std::memcmp(one.multiplier, next.multiplier, sizeof(one.multiplier)), 0);
        for (const auto& choice : one.multiplier)
            for (const auto multiplier : choice) EXPECT_EQ(multiplier & 1, 1U);
        EXPECT_NE(std::memcmp(one.multiplier[0], one.multiplier[1], sizeof(one.multiplier[0])), 0);
    }
}

}  // namespace
}  // namespace xdpmirror
