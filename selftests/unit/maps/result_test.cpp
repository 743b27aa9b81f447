// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Results keep value or error, and errors gather context on their way up.
#include "maps/result.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace xdpmirror {
namespace {

TEST(Result, HoldsEitherSide) {
    const Result<int> good = 7;
    const Result<int> bad = system_error("open x", ENOENT);
    ASSERT_TRUE(good);
    EXPECT_EQ(*good, 7);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code.value(), ENOENT);
    EXPECT_EQ(bad.error().kind, ErrorKind::operation);
}

TEST(Result, ContextIsPutInFrontAndKeepsTheRest) {
    const auto error = while_doing("attach to 'eth0'", configuration_error("no rule"));
    EXPECT_EQ(error.what, "attach to 'eth0': no rule");
    EXPECT_EQ(error.kind, ErrorKind::configuration);
}

}  // namespace
}  // namespace xdpmirror
