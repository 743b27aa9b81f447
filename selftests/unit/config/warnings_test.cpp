// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is accepted with a remark, and that nothing else is remarked.
#include <gtest/gtest.h>

#include "error_cases.h"

namespace xdpmirror::test {
namespace {

TEST(Warnings, AreExactlyThese) {
    for (const WarningCase& c : warning_cases()) {
        EXPECT_EQ(warnings_of(parse_good(c.text)), c.warnings) << c.name;
    }
}

}  // namespace
}  // namespace xdpmirror::test
