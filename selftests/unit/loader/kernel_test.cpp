// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is said to who boots too old a kernel, and that this one is not.
#include "loader/kernel.h"

#include <gtest/gtest.h>

namespace xdpmirror {
namespace {

TEST(Kernel, NothingMissingSaysNothing) {
    EXPECT_EQ(kernel_shortfall({{"XDP programs", "4.8", true}, {"XDP links", "5.9", true}}, "6.1"),
              "");
}

TEST(Kernel, NamesWhatIsMissingAndTheCure) {
    EXPECT_EQ(kernel_shortfall({{"XDP programs", "4.8", true},
                                {"device maps", "4.14", false},
                                {"XDP links", "5.9", false}},
                               "4.9.0-12"),
              "this kernel (4.9.0-12) is too old: it lacks device maps (Linux 4.14), XDP links "
              "(Linux 5.9); boot Linux 5.10 or newer, tested are 6.1 and 6.12");
}

}  // namespace
}  // namespace xdpmirror
