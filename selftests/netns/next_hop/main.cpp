// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Runs the tests, or skips all of them in one line when this process may not make namespaces.
#include <gtest/gtest.h>
#include <sched.h>

#include <cstdio>

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    if (::unshare(CLONE_NEWNET) != 0) {
        std::fputs("skipped: needs CAP_SYS_ADMIN to make network namespaces\n", stderr);
        return 77;
    }
    return RUN_ALL_TESTS();
}
