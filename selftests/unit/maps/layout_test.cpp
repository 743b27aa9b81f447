// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The layout hash names this layout; whoever changes the layout changes it knowingly.
#include "maps/layout.h"

#include <gtest/gtest.h>

#include <cstddef>

#include "maps/layout_hash.h"

namespace xdpmirror {
namespace {

TEST(Layout, HashIsThatOfThisLayout) {
    // A new value means that older binaries cannot adopt this one's state: say so in CHANGELOG.md.
    EXPECT_EQ(layout_hash(), 0x6a6f869bf604c93cULL) << std::hex << "0x" << layout_hash();
}

TEST(Layout, NextHopMacsLieAsOnTheWire) {
    EXPECT_EQ(offsetof(xm_next_hop, dst_mac), 0U);
    EXPECT_EQ(offsetof(xm_next_hop, src_mac), 6U);
}

TEST(Layout, ReasonCountersLieInTheOrderOfTheEnum) {
    EXPECT_EQ(offsetof(xm_drop_counts, none), XM_DROP_NONE * sizeof(xm_count));
    EXPECT_EQ(offsetof(xm_drop_counts, no_rule), XM_DROP_NO_RULE * sizeof(xm_count));
    EXPECT_EQ(offsetof(xm_drop_counts, internal), XM_DROP_INTERNAL * sizeof(xm_count));
    EXPECT_EQ(offsetof(xm_note_counts, fragment_later),
              XM_NOTE_FRAGMENT_LATER * sizeof(xm_count));
    EXPECT_EQ(offsetof(xm_pass_counts, outer_fragment), XM_PASS_OUTER_FRAGMENT * sizeof(xm_count));
}

}  // namespace
}  // namespace xdpmirror
