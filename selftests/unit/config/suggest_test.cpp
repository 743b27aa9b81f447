// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is near enough to be meant.
#include "config/suggest.h"

#include <gtest/gtest.h>

namespace xdpmirror::test {
namespace {

TEST(Suggest, Distance) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("abc", ""), 3U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("vin", "vni"), 1U);
    EXPECT_EQ(edit_distance("port", "post"), 1U);
    EXPECT_EQ(edit_distance("collectors", "collector"), 1U);
}

TEST(Suggest, Nearest) {
    const std::vector<std::string> known = {"vni", "from", "to", "protocol", "port"};

    EXPECT_EQ(nearest("prot", known), "protocol");  // cut short, though nearer to "port" by letters
    EXPECT_EQ(nearest("potr", known), "port");
    EXPECT_EQ(nearest("vin", known), "vni");
    EXPECT_EQ(nearest("VNI", known), "vni");
    EXPECT_EQ(nearest("form", known), "from");
    EXPECT_EQ(nearest("interface", known), "");
    EXPECT_EQ(nearest("", known), "");
    EXPECT_EQ(nearest("x", {}), "");
    EXPECT_EQ(nearest(std::string(1000, 'v'), known), "");
}

TEST(Suggest, Sentence) {
    EXPECT_EQ(did_you_mean("fdj", {"fdi", "lab"}, "known pools"), "; did you mean 'fdi'?");
    EXPECT_EQ(did_you_mean("zzz", {"fdi", "lab"}, "known pools"), "; known pools: fdi, lab");
    EXPECT_EQ(did_you_mean("zzz", {}, "known pools"), "; known pools: none");
    EXPECT_EQ(did_you_mean("zzz", std::vector<std::string>(13, "a"), "known"),
              "; known: a, a, a, a, a, a, a, a, a, a, a, a, ...");
}

}  // namespace
}  // namespace xdpmirror::test
