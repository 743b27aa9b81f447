// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// ICMP echo, byte by byte.
#include "loader/echo.h"

#include <gtest/gtest.h>

#include <vector>

namespace xdpmirror {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(Echo, TheQuestionAsOnTheWire) {
    const auto ipv4 = echo_request(Family::ipv4, 0x1234, 0x0102);
    EXPECT_EQ(Bytes(ipv4.begin(), ipv4.end()), (Bytes{8, 0, 0xe4, 0xc9, 0x12, 0x34, 0x01, 0x02}));
    const auto ipv6 = echo_request(Family::ipv6, 0x1234, 0x0102);
    EXPECT_EQ(Bytes(ipv6.begin(), ipv6.end()), (Bytes{128, 0, 0, 0, 0x12, 0x34, 0x01, 0x02}))
        << "the kernel sums it";
}

bool is_reply(const Bytes& bytes, Family family) {
    return is_echo_reply(bytes.data(), bytes.size(), family, 0x1234, 0x0102);
}

Bytes with_ip_header(std::uint8_t words, const Bytes& icmp) {
    Bytes bytes(words * 4U);
    bytes[0] = static_cast<std::uint8_t>(0x40 | words);
    bytes.insert(bytes.end(), icmp.begin(), icmp.end());
    return bytes;
}

TEST(Echo, TheAnswer) {
    const Bytes reply = {0, 0, 9, 9, 0x12, 0x34, 0x01, 0x02, 'x'};
    EXPECT_TRUE(is_reply(with_ip_header(5, reply), Family::ipv4));
    EXPECT_TRUE(is_reply(with_ip_header(15, reply), Family::ipv4)) << "options";
    EXPECT_TRUE(is_reply({129, 0, 9, 9, 0x12, 0x34, 0x01, 0x02}, Family::ipv6));
}

TEST(Echo, WhatIsNoAnswer) {
    EXPECT_FALSE(is_reply({}, Family::ipv4));
    EXPECT_FALSE(is_reply({}, Family::ipv6));
    EXPECT_FALSE(is_reply(with_ip_header(5, {8, 0, 9, 9, 0x12, 0x34, 0x01, 0x02}), Family::ipv4)) << "a question";
    EXPECT_FALSE(is_reply(with_ip_header(5, {0, 0, 9, 9, 0x12, 0x35, 0x01, 0x02}), Family::ipv4)) << "id";
    EXPECT_FALSE(is_reply(with_ip_header(5, {0, 0, 9, 9, 0x12, 0x34, 0x01, 0x03}), Family::ipv4)) << "sequence";
    EXPECT_FALSE(is_reply(with_ip_header(5, {0, 0, 9, 9, 0x12, 0x34, 0x01}), Family::ipv4)) << "cut";
    EXPECT_FALSE(is_reply({0x4f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, Family::ipv4)) << "header beyond the end";
    EXPECT_FALSE(is_reply({129, 0, 9, 9, 0x12, 0x34, 0x01}, Family::ipv6)) << "cut";
}

}  // namespace
}  // namespace xdpmirror
