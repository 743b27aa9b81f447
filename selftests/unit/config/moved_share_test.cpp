// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How many exporters move, beside what the tables themselves say hash by hash.
#include "config/moved_share.h"

#include <gtest/gtest.h>

#include <cstring>

#include "config/balancer.h"
#include "config/describe_change.h"
#include "maps/flow_hash.h"
#include "support.h"

namespace xdpmirror::test {
namespace {

Profile pool_of(const std::string& collectors, const std::string& keys = "") {
    return parse_good(
        profile_with({{7, "  p: {via: e, " + keys + "collectors: [" + collectors + "]}"}}));
}

std::string collectors(int from, int to) {
    std::string text;
    for (int i = from; i <= to; i++) {
        text += (text.empty() ? "" : ", ") + ("{address: 192.0.2." + std::to_string(i)) + "}";
    }
    return text;
}

MovedShare moved(const Profile& before, const Profile& after,
                 const std::vector<KnownExporter>& known = {}) {
    const auto shares = moved_shares({before.config}, {after.config}, known);
    EXPECT_EQ(shares.size(), 1U);
    return shares.at(0);
}

std::vector<KnownExporter> exporters(int count) {
    std::vector<KnownExporter> known;
    for (int i = 0; i < count; i++) {
        known.push_back(
            {address("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250)), 1, "p"});
    }
    return known;
}

// The collector that the data plane would choose for each.
std::vector<IpAddress> chosen(const Profile& profile, const std::vector<KnownExporter>& known) {
    const auto plan = make_plan(profile.config);
    const auto range = plan->balancer.ranges().at(0);
    const auto rows = plan->balancer.rows_of(0, std::vector<bool>(plan->collectors.size(), true));
    std::vector<IpAddress> addresses;

    for (const auto& exporter : known) {
        std::array<std::uint32_t, 4> words{};
        std::memcpy(words.data(), exporter.from.bytes.data(), sizeof(words));
        const auto hash =
            xm_flow_by_exporter(static_cast<std::uint64_t>(exporter.from.family), words.data());
        addresses.push_back(plan->collectors[rows[xm_flow_slot(hash, range.count)]].address);
    }
    return addresses;
}

TEST(MovedShare, OfTheSameIsNothing) {
    const auto same = moved(pool_of(collectors(1, 3)), pool_of(collectors(1, 3)), exporters(100));
    EXPECT_EQ(same.share, 0);
    EXPECT_EQ(same.known, 100U);
    EXPECT_EQ(same.moving, 0U);
    EXPECT_TRUE(same.is_exact);
}

TEST(MovedShare, OfTheOrderIsNothing) {
    EXPECT_EQ(moved(pool_of("{address: 192.0.2.1}, {address: 192.0.2.2}"),
                    pool_of("{address: 192.0.2.2}, {address: 192.0.2.1}"))
                  .share,
              0);
}

TEST(MovedShare, IsThatOfTheSlots) {
    const auto before = pool_of(collectors(1, 3)), after = pool_of(collectors(1, 4));
    const auto share = moved(before, after);
    const auto was = make_plan(before.config)->balancer.rows_of(0, {true, true, true});
    const auto is = make_plan(after.config)->balancer.rows_of(0, {true, true, true, true});
    ASSERT_EQ(was.size(), is.size());
    std::size_t slots = 0;
    for (std::size_t i = 0; i < was.size(); i++) {
        slots += was[i] != is[i] ? 1U : 0U;
    }
    EXPECT_NEAR(share.share, static_cast<double>(slots) / static_cast<double>(was.size()), 1e-6);
    EXPECT_GE(share.share, 0.25);
    EXPECT_LT(share.share, 0.45);
}

TEST(MovedShare, KnownExportersAreThoseThatTheDataPlaneMoves) {
    const auto before = pool_of(collectors(1, 3)), after = pool_of(collectors(2, 4));
    const auto known = exporters(300);
    const auto was = chosen(before, known), is = chosen(after, known);
    std::size_t moving = 0;
    for (std::size_t i = 0; i < known.size(); i++) {
        moving += was[i] != is[i] ? 1U : 0U;
    }
    EXPECT_EQ(moved(before, after, known).moving, moving);
    EXPECT_GT(moving, 100U);
}

TEST(MovedShare, AnotherNumberOfSlotsMovesNearlyAll) {
    const auto share = moved(pool_of(collectors(1, 128)), pool_of(collectors(1, 129)));
    EXPECT_GT(share.share, 0.9);
    EXPECT_TRUE(share.is_exact);
}

TEST(MovedShare, FromOneCollectorToTwoIsTheSecondsShare) {
    EXPECT_NEAR(moved(pool_of(collectors(1, 1)), pool_of(collectors(1, 2))).share, 0.5, 1e-4);
    EXPECT_EQ(moved(pool_of(collectors(1, 1)), pool_of(collectors(2, 2))).share, 1);
    EXPECT_EQ(moved(pool_of(collectors(1, 1)), pool_of(collectors(1, 1))).share, 0);
}

TEST(MovedShare, AnotherBalanceIsWhatIsToBeExpected) {
    const auto share =
        moved(pool_of(collectors(1, 4)), pool_of(collectors(1, 4), "balance: exporter_port, "),
              exporters(1000));
    EXPECT_FALSE(share.is_exact);
    EXPECT_NEAR(share.share, 0.75, 1e-3);
    EXPECT_NEAR(static_cast<double>(share.moving) / 1000, 0.75, 0.06);
}

TEST(MovedShare, PortsCountOnlyWhereTheyDecide) {
    const std::vector<KnownExporter> known = {{address("10.1.0.1"), 1, "p"},
                                              {address("10.1.0.1"), 2, "p"}};
    EXPECT_EQ(moved(pool_of(collectors(1, 2)), pool_of(collectors(1, 3)), known).known, 1U);
    const std::string by_port = "balance: exporter_port, ";
    EXPECT_EQ(
        moved(pool_of(collectors(1, 2), by_port), pool_of(collectors(1, 3), by_port), known).known,
        2U);
    const std::string by_flow = "balance: flow, ";
    EXPECT_EQ(
        moved(pool_of(collectors(1, 2), by_flow), pool_of(collectors(1, 3), by_flow), known).known,
        0U);
}

TEST(MovedShare, DrainedCollectorsTakeNothing) {
    const auto profile = pool_of(collectors(1, 2));
    const auto shares = moved_shares({profile.config, {false, true}}, {profile.config}, {});
    EXPECT_NEAR(shares.at(0).share, 0.5, 1e-4);
    const auto nobody = moved_shares({profile.config, {true, true}}, {profile.config}, {});
    EXPECT_EQ(nobody.at(0).share, 1);
}

TEST(MovedShare, PoolsThatAreNotInBothAreLeftOut) {
    const auto other =
        parse_good(profile_with({{5, "  - {name: r, send: {to: q}}"},
                                 {7, "  q: {via: e, collectors: [{address: 192.0.2.1}]}"}}));
    EXPECT_TRUE(moved_shares({pool_of(collectors(1, 2)).config}, {other.config}, {}).empty());
}

TEST(DescribeChange, SaysWhatMoves) {
    const auto change =
        describe_change(pool_of(collectors(1, 1)), pool_of(collectors(2, 2)), exporters(7));
    EXPECT_FALSE(change.is_same);
    EXPECT_EQ(change.text,
              "collectors\n"
              "  - p/192.0.2.1  {address: 192.0.2.1, weight: 1}\n"
              "  + p/192.0.2.2  {address: 192.0.2.2, weight: 1}\n"
              "balance\n"
              "  p  100.0 % of its hash slots get another collector; of 7 known exporters 7\n");
}

TEST(DescribeChange, SaysThatThereIsNone) {
    const auto same = describe_change(pool_of(collectors(1, 2)), pool_of(collectors(1, 2)), {});
    EXPECT_TRUE(same.is_same);
    EXPECT_EQ(same.text, "no difference\n");
    EXPECT_NE(same.json.find("\"moved_share\": 0.0"), std::string::npos) << same.json;
}

}  // namespace
}  // namespace xdpmirror::test
