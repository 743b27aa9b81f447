// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What looks like a secret, and what only seems to.
#include "config/secret.h"

#include <gtest/gtest.h>

namespace xdpmirror::test {
namespace {

TEST(Secret, IsKnownByAWordOfItsName) {
    for (const char* name :
         {"PASSWORD", "DB_PASSWORD", "db_passwd", "AUTH_TOKEN", "tokens", "WG_PRIVATE_KEY", "KEY",
          "Secret", "x-api-key", "APIKEY", "a.credentials", "_KEY_"}) {
        EXPECT_TRUE(is_secret_name(name)) << name;
    }
    for (const char* name :
         {"", "_", "MONKEY", "KEYBOARD", "FDI_SERVICE_IP", "SECRETARY_IP", "PORT", "S"}) {
        EXPECT_FALSE(is_secret_name(name)) << name;
    }
}

TEST(Secret, IsAParameterOfAQuery) {
    EXPECT_EQ(secret_parameter("/up?token=x"), "token");
    EXPECT_EQ(secret_parameter("/up?a=1&api_key=x&b"), "api_key");
    EXPECT_EQ(secret_parameter("/up?a;secret"), "secret");
    EXPECT_EQ(secret_parameter("/token/key"), "");
    EXPECT_EQ(secret_parameter("/up?"), "");
    EXPECT_EQ(secret_parameter("/up?a=token&&b=key"), "");
}

}  // namespace
}  // namespace xdpmirror::test
