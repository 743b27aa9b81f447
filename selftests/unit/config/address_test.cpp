// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is an address, a prefix, a MAC address, and what is not.
#include <gtest/gtest.h>

#include "support.h"

namespace xdpmirror::test {
namespace {

TEST(Address, TextComesBackInItsOneSpelling) {
    const std::pair<const char*, const char*> cases[] = {
        {"10.1.2.3", "10.1.2.3"},
        {"2001:DB8:0:0::1", "2001:db8::1"},
        {"::", "::"},
        {"0.0.0.0", "0.0.0.0"},
    };

    for (const auto& [in, out] : cases) {
        EXPECT_EQ(address(in).text(), out);
    }
}

TEST(Address, OtherTextIsNone) {
    for (const char* text :
         {"", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", "1", "::g", "a.b.c.d",
          "fe80::1%eth0", "1:2:3:4:5:6:7", "10.0.0.1/32", "0x0a.0.0.1"}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
    EXPECT_FALSE(IpAddress::parse(std::string_view("10.0.0.1\0", 9)));
}

TEST(Address, Ipv4LiesInTheFirstFourBytes) {
    const IpAddress parsed = address("10.20.30.40");

    EXPECT_EQ(parsed.family, Family::ipv4);
    EXPECT_EQ(parsed.bytes, (std::array<std::uint8_t, 16>{10, 20, 30, 40}));
}

TEST(Address, KnowsWhatIsNoHost) {
    EXPECT_TRUE(address("0.0.0.0").is_unspecified());
    EXPECT_TRUE(address("::").is_unspecified());
    EXPECT_FALSE(address("::1").is_unspecified());
    EXPECT_TRUE(address("224.0.0.1").is_multicast());
    EXPECT_TRUE(address("239.255.255.255").is_multicast());
    EXPECT_FALSE(address("223.255.255.255").is_multicast());
    EXPECT_FALSE(address("240.0.0.1").is_multicast());
    EXPECT_TRUE(address("ff02::1").is_multicast());
    EXPECT_FALSE(address("fe80::1").is_multicast());
    EXPECT_TRUE(address("127.1.2.3").is_loopback());
    EXPECT_TRUE(address("::1").is_loopback());
    EXPECT_FALSE(address("::2").is_loopback());
    EXPECT_TRUE(address("::ffff:10.0.0.1").is_mapped_ipv4());
    EXPECT_FALSE(address("::fffe:10.0.0.1").is_mapped_ipv4());
    EXPECT_FALSE(address("10.0.0.1").is_mapped_ipv4());
}

TEST(PrefixText, GoodOnes) {
    EXPECT_EQ(prefix("10.0.0.0/8").text(), "10.0.0.0/8");
    EXPECT_EQ(prefix("10.1.2.3").text(), "10.1.2.3/32");
    EXPECT_EQ(prefix("0.0.0.0/0"), Prefix::all(Family::ipv4));
    EXPECT_EQ(prefix("::/0"), Prefix::all(Family::ipv6));
    EXPECT_EQ(prefix("2001:db8::1").length, 128);
    EXPECT_EQ(prefix("2001:db8:8000::/33").text(), "2001:db8:8000::/33");
}

TEST(PrefixText, BadOnes) {
    for (const char* text :
         {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/+8",
          "10.0.0.0/8/8", "10.0.0.0/8 ", "10.0.0.1/8", "2001:db8::/129", "2001:db8::1/64",
          "10.0.0.0/255.0.0.0", "10.0.0.0/256"}) {
        EXPECT_FALSE(Prefix::parse(text)) << text;
    }
}

TEST(PrefixText, HostBitsAreClearedAtAnyLength) {
    const IpAddress ones4 = address("255.255.255.255");

    for (std::uint8_t length = 0; length <= 32; length++) {
        const Prefix cut = Prefix::of(ones4, length);
        const std::uint64_t mask = (0xffffffff00000000ULL >> length) & 0xffffffff;
        const auto& bytes = cut.address.bytes;
        const std::uint64_t value = std::uint64_t{bytes[0]} << 24 | std::uint64_t{bytes[1]} << 16 |
                                    std::uint64_t{bytes[2]} << 8 | bytes[3];
        EXPECT_EQ(value, mask) << int{length};
    }
    EXPECT_EQ(Prefix::of(address("ffff::ffff"), 127).text(), "ffff::fffe/127");
    EXPECT_EQ(Prefix::of(ones4, 200).length, 32);
}

TEST(PrefixText, Contains) {
    EXPECT_TRUE(prefix("10.0.0.0/8").contains(prefix("10.1.0.0/16")));
    EXPECT_TRUE(prefix("10.0.0.0/8").contains(prefix("10.0.0.0/8")));
    EXPECT_FALSE(prefix("10.1.0.0/16").contains(prefix("10.0.0.0/8")));
    EXPECT_FALSE(prefix("10.0.0.0/16").contains(prefix("10.0.0.0/8")));
    EXPECT_FALSE(prefix("10.0.0.0/8").contains(prefix("11.0.0.0/16")));
    EXPECT_FALSE(prefix("0.0.0.0/0").contains(prefix("::/0")));
    EXPECT_FALSE(prefix("::/0").contains(prefix("10.0.0.0/8")));
    EXPECT_TRUE(prefix("::/0").contains(address("2001:db8::1")));
}

TEST(Mac, TextBothWays) {
    EXPECT_EQ(MacAddress::parse("02:00:5E:10:00:0a").value_or(MacAddress{}).text(),
              "02:00:5e:10:00:0a");
    for (const char* text :
         {"", "02:00:5e:10:00", "02:00:5e:10:00:0g", "02-00-5e-10-00-0a",
          "02:00:5e:10:00:0a:", "2:0:5e:10:0:0a", "+2:00:5e:10:00:0a", "02:00:5e:10:00;0a"}) {
        EXPECT_FALSE(MacAddress::parse(text)) << text;
    }
}

}  // namespace
}  // namespace xdpmirror::test
