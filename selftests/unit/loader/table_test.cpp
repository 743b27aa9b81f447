// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a terminal shows.
#include "loader/table.h"

#include <gtest/gtest.h>

#include "loader/privileges.h"

namespace xdpmirror {
namespace {

TEST(TextTable, NumbersToTheRightWordsToTheLeft) {
    TextTable table({"reason", "packets"});
    table.add({"no_rule", "7"});
    table.add({"vni_unknown", "1,024"});
    EXPECT_EQ(table.text(2),
              "  reason       packets\n"
              "  no_rule            7\n"
              "  vni_unknown    1,024\n");
}

TEST(TextTable, NoLineEndsInBlanks) {
    TextTable table({"a", "b"});
    table.add({"x", ""});
    EXPECT_EQ(table.text(), "a  b\nx\n");
}

TEST(Grouped, ByThousands) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(18446744073709551615ULL), "18,446,744,073,709,551,615");
}

TEST(Privileges, RootNeedsNothing) { EXPECT_EQ(missing_capabilities(~0ULL), ""); }

TEST(Privileges, SysAdminStandsForBpfAndPerfmonOnly) {
    const auto bit = [](unsigned n) { return 1ULL << n; };
    constexpr unsigned kNetAdmin = 12;
    constexpr unsigned kSysAdmin = 21;
    constexpr unsigned kPerfmon = 38;
    constexpr unsigned kBpf = 39;
    EXPECT_EQ(missing_capabilities(0), "CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON");
    EXPECT_EQ(missing_capabilities(bit(kSysAdmin)), "CAP_NET_ADMIN");
    EXPECT_EQ(missing_capabilities(bit(kNetAdmin) | bit(kBpf)), "CAP_PERFMON");
    EXPECT_EQ(missing_capabilities(bit(kNetAdmin) | bit(kBpf) | bit(kPerfmon)), "");
}

}  // namespace
}  // namespace xdpmirror
