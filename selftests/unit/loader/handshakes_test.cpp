// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How old handshakes are, at times that the test makes, and what follows from it.
#include "loader/daemon/handshakes.h"

#include <gtest/gtest.h>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::seconds;

constexpr unsigned kDevice = 7;
constexpr Seconds kWall = 1'700'000'000s;

WireguardPeer peer(Seconds last_handshake, Seconds keepalive = 25s, const std::string& key = "k") {
    return {.public_key = key, .keepalive = keepalive, .last_handshake = last_handshake, .allowed = {}};
}

class Ages : public testing::Test {
  protected:
    static Handshakes::Time at(Seconds second) { return Handshakes::Time{} + 1h + second; }

    // The wall clock may say anything.
    std::optional<Seconds> look(Seconds second, Seconds last, Seconds wall) {
        handshakes_.look(kDevice, {peer(last)}, at(second), wall);
        return handshakes_.age(kDevice, "k", at(second));
    }

    Handshakes handshakes_;
};

TEST_F(Ages, TheFirstLookBelievesTheWallClock) {
    EXPECT_EQ(look(0s, kWall - 70s, kWall), 70s);
    EXPECT_EQ(look(5s, kWall - 70s, kWall + 5s), 75s);
}

TEST_F(Ages, TheWallClockMayBeSetAfterwards) {
    look(0s, kWall - 10s, kWall);
    EXPECT_EQ(look(5s, kWall - 10s, kWall + 100'000s), 15s) << "forward";
    EXPECT_EQ(look(10s, kWall - 10s, kWall - 100'000s), 20s) << "back";
}

TEST_F(Ages, AnotherTimeOfAHandshakeIsOneThatWasJustNow) {
    look(0s, kWall - 1000s, kWall);
    EXPECT_EQ(look(5s, kWall + 3s, kWall + 5s), 0s);
    EXPECT_EQ(look(10s, kWall - 50'000s, kWall - 50'000s), 0s) << "with a clock that was set back";
    EXPECT_EQ(look(15s, kWall - 50'000s, kWall), 5s);
}

TEST_F(Ages, OneOfTheFutureIsNew) { EXPECT_EQ(look(0s, kWall + 500s, kWall), 0s); }

TEST_F(Ages, NeverHadOne) {
    EXPECT_EQ(look(0s, 0s, kWall), std::nullopt);
    EXPECT_EQ(look(5s, kWall, kWall), 0s) << "and then the first";
    EXPECT_EQ(look(10s, 0s, kWall), std::nullopt) << "removed and made anew";
    EXPECT_EQ(handshakes_.age(kDevice, "other", at(10s)), std::nullopt);
    EXPECT_EQ(handshakes_.age(kDevice + 1, "k", at(10s)), std::nullopt);
}

TEST_F(Ages, EachPeerOfEachDeviceHasItsOwn) {
    handshakes_.look(kDevice, {peer(kWall - 10s), peer(kWall - 20s, 25s, "l")}, at(0s), kWall);
    handshakes_.look(kDevice + 1, {peer(kWall - 30s)}, at(0s), kWall);
    EXPECT_EQ(handshakes_.age(kDevice, "k", at(0s)), 10s);
    EXPECT_EQ(handshakes_.age(kDevice, "l", at(0s)), 20s);
    EXPECT_EQ(handshakes_.age(kDevice + 1, "k", at(0s)), 30s);
}

TEST(Silent, AfterALifeOfASessionAndWhatARenewalTakes) {
    EXPECT_EQ(why_silent(peer(1s), 0s), "");
    EXPECT_EQ(why_silent(peer(1s), 210s), "");
    EXPECT_EQ(why_silent(peer(1s, 25s, "xTIBA5rboUvnH4htodjb"), 211s),
              "its peer xTIBA5rb…= has had no handshake for 211 s");
    EXPECT_EQ(why_silent(peer(1s, 60s), 245s), "") << "keepalives are rarer, so renewals come later";
    EXPECT_NE(why_silent(peer(1s, 60s), 246s), "");
}

TEST(Silent, WithoutAnyHandshake) {
    EXPECT_EQ(why_silent(peer(0s, 25s, "xTIBA5rboUvnH4htodjb"), {}),
              "its peer xTIBA5rb…= has had no handshake yet");
}

TEST(Silent, NothingIsKnownWithoutKeepalive) {
    EXPECT_EQ(why_silent(peer(1s, 0s), 100'000s), "");
    EXPECT_EQ(why_silent(peer(0s, 0s), {}), "");
}

}  // namespace
}  // namespace xdpmirror
