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

std::set<std::string> rows_of_page() {
    std::set<std::string> labels;
    std::istringstream lines(page());
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("| `")) labels.insert(line.substr(3, line.find('`', 3) - 3));
    }
    return labels;
}

TEST(Reasons, NumbersAreExportedAndNeverChange) {
    EXPECT_EQ(XM_DROP_NONE, 0);
    EXPECT_EQ(XM_DROP_VNI_UNKNOWN, 4);
    EXPECT_EQ(XM_DROP_NO_RULE, 12);
    EXPECT_EQ(XM_DROP_INTERNAL, 19);
    EXPECT_EQ(XM_PASS_NOT_OURS, 0);
    EXPECT_EQ(XM_PASS_OUTER_FRAGMENT, 1);
}

TEST(Reasons, LabelsAreDistinctAndExplained) {
    std::set<std::string> labels;
    for (std::uint32_t i = 0; i < XM_DROP_MAX; ++i) {
        EXPECT_TRUE(labels.insert(std::string(drop_reason(i).label)).second);
        EXPECT_FALSE(drop_reason(i).text.empty());
    }
    for (std::uint32_t i = 0; i < XM_PASS_MAX; ++i)
        EXPECT_TRUE(labels.insert(std::string(pass_reason(i).label)).second);
    EXPECT_EQ(labels, rows_of_page()) << "docs/drop-reasons.md has a row for each reason, no more";
}

}  // namespace
}  // namespace xdpmirror
