// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the hash must be good at: real networks number their routers consecutively.
#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "selftests/unit/pools/flow.h"

namespace xdpmirror {
namespace {

constexpr int kExporters = 65536;
constexpr int kBits = 32;  // of the hash that the slot is taken from

IpAddress address4(std::uint32_t number) {
    IpAddress address;
    for (std::size_t i = 0; i < 4; i++)
        address.bytes[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    return address;
}

IpAddress address6(std::uint64_t upper, std::uint64_t lower) {
    IpAddress address{.family = Family::ipv6};
    for (std::size_t i = 0; i < 8; i++) {
        address.bytes[i] = static_cast<std::uint8_t>(upper >> (56 - 8 * i));
        address.bytes[8 + i] = static_cast<std::uint8_t>(lower >> (56 - 8 * i));
    }
    return address;
}

// Over 3, 10, and 100 equal parts of the slots; six standard deviations of what chance would do.
template <class Exporter>
void expect_even(Exporter exporter, const char* which) {
    for (const std::uint32_t parts : {3U, 10U, 100U}) {
        std::vector<int> counts(parts);
        for (std::uint32_t i = 0; i < kExporters; i++)
            counts[xm_flow_slot(exporter_hash(exporter(i)), parts)]++;
        const double mean = double{kExporters} / parts;
        for (const int count : counts)
            EXPECT_LT((count - mean) * (count - mean), 36 * mean) << which << ", " << parts;
    }
}

TEST(FlowHash, IsEvenOverNeighbours) {
    expect_even([](std::uint32_t i) { return address4(0x0a000000 + i); }, "hosts");
    expect_even([](std::uint32_t i) { return address4((i << 8) + 1); }, "one of each /24");
    expect_even([](std::uint32_t i) { return address4((i << 16) + 0x101); }, "one of each /16");
    expect_even([](std::uint32_t i) { return address6(0x20010db800000000, i); }, "IPv6 hosts");
    expect_even([](std::uint32_t i) { return address6(0x20010db800000000 + i, 1); }, "IPv6 /64");
    expect_even([](std::uint32_t i) { return address6(0x20010db8ULL << 32 | i << 16, 1); }, "/48");
}

// Any bit of an address changes every bit of the slot about every second time.
template <class Exporter>
void expect_avalanche(Exporter exporter, int bits) {
    constexpr int kSamples = 4096;
    for (int flipped = 0; flipped < bits; flipped++) {
        std::vector<int> changed(kBits);
        for (std::uint32_t i = 0; i < kSamples; i++) {
            IpAddress other = exporter(i);
            other.bytes[static_cast<std::size_t>(flipped / 8)] ^=
                static_cast<std::uint8_t>(1 << flipped % 8);
            const auto differ = (exporter_hash(exporter(i)) ^ exporter_hash(other)) >> 32;
            for (int bit = 0; bit < kBits; bit++)
                changed[static_cast<std::size_t>(bit)] += static_cast<int>(differ >> bit & 1);
        }
        for (int bit = 0; bit < kBits; bit++)
            EXPECT_NEAR(changed[static_cast<std::size_t>(bit)], kSamples / 2, kSamples / 10)
                << "input bit " << flipped << ", output bit " << bit;
    }
}

TEST(FlowHash, AnyBitOfAnAddressChangesEveryBitOfTheSlot) {
    expect_avalanche([](std::uint32_t i) { return address4(0x0a000000 + i); }, 32);
    expect_avalanche([](std::uint32_t i) { return address6(0x20010db800000000, i); }, 128);
}

// What is not asked for must not decide, and what is asked for must.
TEST(FlowHash, PortsCountOnlyWhereAskedFor) {
    const auto from = words_of(address4(0x0a000001)), to = words_of(address4(0x0a630001));
    const auto tuple = xm_flow_by_tuple(XM_IPV4, from.data(), to.data(), 1, 2, 17);
    EXPECT_NE(xm_flow_by_exporter_port(XM_IPV4, from.data(), 1),
              xm_flow_by_exporter_port(XM_IPV4, from.data(), 2));
    EXPECT_NE(tuple, xm_flow_by_tuple(XM_IPV4, from.data(), to.data(), 2, 1, 17));
    EXPECT_NE(tuple, xm_flow_by_tuple(XM_IPV4, from.data(), to.data(), 1, 2, 6));
    EXPECT_NE(tuple, xm_flow_by_tuple(XM_IPV4, from.data(), from.data(), 1, 2, 17));
    EXPECT_NE(tuple, xm_flow_by_tuple(XM_IPV4, to.data(), to.data(), 1, 2, 17));
}

// Three words behind an IPv4 address are nothing: packets' buffers hold something else there.
TEST(FlowHash, AnIpv4AddressIsOneWord) {
    const __be32 clean[4] = {7, 0, 0, 0}, other[4] = {7, 1, 2, 3};
    EXPECT_EQ(xm_flow_by_exporter(XM_IPV4, clean), xm_flow_by_exporter(XM_IPV4, other));
    for (int word = 1; word < 4; word++) {
        __be32 changed[4] = {7, 0, 0, 0};
        changed[word] = 1;
        EXPECT_NE(xm_flow_by_exporter(XM_IPV6, clean), xm_flow_by_exporter(XM_IPV6, changed));
    }
}

TEST(FlowHash, TheSlotIsBelowTheirNumber) {
    for (const std::uint32_t slots : {1U, 2U, 3U, 65537U, 524287U, 0xffffffffU}) {
        EXPECT_EQ(xm_flow_slot(0, slots), 0U);
        EXPECT_EQ(xm_flow_slot(~0ULL, slots), slots - 1);
        EXPECT_EQ(xm_flow_slot(0xffffffff, slots), 0U) << "the lower half does not count";
    }
}

}  // namespace
}  // namespace xdpmirror
