// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// IP addresses, prefixes and MAC addresses as values, bytes as on the wire.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xdpmirror {

enum class Family : std::uint8_t { ipv4 = 4, ipv6 = 6 };

constexpr std::uint8_t address_bits(Family family) {
    return family == Family::ipv4 ? 32 : 128;
}

struct IpAddress {
    Family family = Family::ipv4;
    std::array<std::uint8_t, 16> bytes{};  // IPv4 in the first four, the rest zero

    auto operator<=>(const IpAddress&) const = default;
    static std::optional<IpAddress> parse(std::string_view text);
    std::string text() const;
    bool is_unspecified() const;
    bool is_multicast() const;
    bool is_loopback() const;
    bool is_mapped_ipv4() const;  // ::ffff:a.b.c.d, which is no address on the wire
};

struct Prefix {
    IpAddress address;        // host bits zero
    std::uint8_t length = 0;  // 0..32 or 0..128

    auto operator<=>(const Prefix&) const = default;
    // "10.0.0.0/8", "10.1.2.3" (a host), "2001:db8::/32". Host bits must be zero.
    static std::optional<Prefix> parse(std::string_view text);
    // The address with its host bits cleared; a length beyond the family's bits is cut to them.
    static Prefix of(const IpAddress& address, std::uint8_t length);
    // Every address of a family.
    static Prefix all(Family family);
    std::string text() const;
    bool contains(const Prefix& other) const;
    bool contains(const IpAddress& other) const;
};

struct MacAddress {
    std::array<std::uint8_t, 6> bytes{};

    auto operator<=>(const MacAddress&) const = default;
    static std::optional<MacAddress> parse(std::string_view text);
    std::string text() const;
};

}  // namespace xdpmirror
