// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The reason lists and the page that explains them say the same.
#include "maps/reasons.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "maps/drop_reasons.h"

namespace xdpmirror {
namespace {

std::string page() {
    std::ifstream file(XM_SOURCE_DIR "/docs/drop-reasons.md");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// The labels of the page's tables: those of drops, from "## Passed" on passes, from "## Noted" on notes.
struct Rows {
    std::set<std::string> drops, passes, notes;
};

Rows rows_of_page() {
    Rows rows;
    auto* section = &rows.drops;
    std::istringstream lines(page());
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("## Passed")) section = &rows.passes;
        if (line.starts_with("## Noted")) section = &rows.notes;
        if (!line.starts_with("| `")) continue;
        EXPECT_TRUE(section->insert(line.substr(3, line.find('`', 3) - 3)).second) << line;
    }
    return rows;
}

template <class LabelOf>
std::set<std::string> labels_of(std::uint32_t count, LabelOf label_of) {
    std::set<std::string> labels;
    for (std::uint32_t i = 0; i < count; ++i) {
        EXPECT_TRUE(labels.insert(std::string(label_of(i).label)).second);
        EXPECT_FALSE(label_of(i).text.empty());
    }
    return labels;
}

TEST(Reasons, NumbersAreExportedAndNeverChange) {
    EXPECT_EQ(XM_DROP_NONE, 0);
    EXPECT_EQ(XM_DROP_VNI_UNKNOWN, 4);
    EXPECT_EQ(XM_DROP_NO_RULE, 12);
    EXPECT_EQ(XM_DROP_INTERNAL, 19);
    EXPECT_EQ(XM_PASS_NOT_OURS, 0);
    EXPECT_EQ(XM_DROP_OUTER_FRAGMENT, 20);
    EXPECT_EQ(XM_DROP_OVERSIZE_NO_ROUTE, XM_DROP_MAX - 1);
    EXPECT_EQ(XM_PASS_OUTER_FRAGMENT, 1);
    EXPECT_EQ(XM_PASS_GENEVE_NOT_MIRROR, XM_PASS_MAX - 1);
    EXPECT_EQ(XM_NOTE_VXLAN_RESERVED, 0);
    EXPECT_EQ(XM_NOTE_OVERSIZE_FRAGMENTED, 4);
    EXPECT_EQ(XM_NOTE_TEMPLATES_MISSED, XM_NOTE_MAX - 1);
}

TEST(Reasons, LabelsAreDistinctAndExplained) {
    const Rows rows = rows_of_page();
    EXPECT_EQ(labels_of(XM_DROP_MAX, drop_reason), rows.drops);
    EXPECT_EQ(labels_of(XM_PASS_MAX, pass_reason), rows.passes);
    EXPECT_EQ(labels_of(XM_NOTE_MAX, note), rows.notes);
}

}  // namespace
}  // namespace xdpmirror
