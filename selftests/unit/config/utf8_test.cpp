// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The borders of RFC 3629, and every two bytes.
#include "config/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace xdpmirror {
namespace {

TEST(Utf8, Borders) {
    for (const char* good : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
                             "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
                             "a\xc3\xbc"
                             "b"}) {
        EXPECT_TRUE(is_utf8(good)) << good;
    }
    for (const char* bad :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80",
          "\xe1\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xc3",
          "\xc3"
          "a",
          "\xe1\x80\xc0", "\xf1\x80\x80\x7f"}) {
        EXPECT_FALSE(is_utf8(bad));
    }
}

TEST(Utf8, EveryTwoBytes) {
    int good = 0;
    for (int first = 0; first < 256; first++) {
        for (int second = 0; second < 256; second++) {
            good += is_utf8(std::string{static_cast<char>(first), static_cast<char>(second)});
        }
    }
    EXPECT_EQ(good, 128 * 128 + 30 * 64);
}

}  // namespace
}  // namespace xdpmirror
