// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Runs the tests in a network of their own, or skips them in one line when this process may not make one.
#include <gtest/gtest.h>
#include <sched.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    if (::unshare(CLONE_NEWNET) != 0) {
        std::fputs("skipped: needs CAP_SYS_ADMIN to make network namespaces\n", stderr);
        return 77;
    }
    if (std::system("ip link set lo up") != 0) return 1;
    return RUN_ALL_TESTS();
}
