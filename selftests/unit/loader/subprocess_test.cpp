// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What becomes of another program's end.
#include "loader/subprocess.h"

#include <gtest/gtest.h>

namespace xdpmirror {
namespace {

TEST(RunToEnd, StatusZeroIsGoodWhateverItSays) {
    EXPECT_TRUE(run_to_end({"sh", "-c", "echo out; echo aside >&2"}));
}

TEST(RunToEnd, TheErrorIsTheLastLine) {
    auto ran = run_to_end({"sh", "-c", "echo first >&2; echo last >&2; exit 3"});
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().what, "last");
}

TEST(RunToEnd, ASilentFailureIsNamed) {
    EXPECT_EQ(run_to_end({"sh", "-c", "exit 3"}).error().what, "sh ended with status 3");
    EXPECT_EQ(run_to_end({"sh", "-c", "kill -KILL $$"}).error().what, "sh was ended by signal 9");
}

TEST(RunToEnd, AProgramThatIsNotThere) {
    auto ran = run_to_end({"xdpmirror-no-such-program"});
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().what, "run xdpmirror-no-such-program");
    EXPECT_EQ(ran.error().code.value(), ENOENT);
}

TEST(RunToEnd, ItHasNoInputAndNoShell) {
    EXPECT_TRUE(run_to_end({"sh", "-c", "! read line"}));
    EXPECT_TRUE(run_to_end({"test", "$HOME", "=", "$HOME"}));
    EXPECT_FALSE(run_to_end({"test", "$HOME", "=", "x; true"}));
}

}  // namespace
}  // namespace xdpmirror
