// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Text to addresses and back. inet_pton decides what an address is: no octal, no short forms.
#include "config/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace xdpmirror {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedIpv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<std::uint8_t> parse_length(std::string_view text, Family family) {
    std::uint8_t length = 0;
    const char* end = text.data() + text.size();
    auto [stop, fault] = std::from_chars(text.data(), end, length);

    // from_chars takes "08"; a length has one spelling.
    if (fault != std::errc{} || stop != end || length > address_bits(family) ||
        (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    return length;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    IpAddress address;
    std::string copy(text);  // inet_pton wants a terminated string

    if (copy.find('\0') != std::string::npos) {
        return std::nullopt;
    }
    if (copy.find(':') != std::string::npos) {
        address.family = Family::ipv6;
    }
    if (inet_pton(address.family == Family::ipv4 ? AF_INET : AF_INET6, copy.c_str(),
                  address.bytes.data()) != 1) {
        return std::nullopt;
    }
    return address;
}

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> out{};

    inet_ntop(family == Family::ipv4 ? AF_INET : AF_INET6, bytes.data(), out.data(), out.size());
    return out.data();
}

bool IpAddress::is_unspecified() const {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_multicast() const {
    return family == Family::ipv4 ? (bytes[0] & 0xf0) == 0xe0 : bytes[0] == 0xff;
}

bool IpAddress::is_loopback() const {
    if (family == Family::ipv4) {
        return bytes[0] == 127;
    }
    return bytes[15] == 1 &&
           std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_mapped_ipv4() const {
    return family == Family::ipv6 &&
           std::equal(kMappedIpv4.begin(), kMappedIpv4.end(), bytes.begin());
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));

    if (!address) {
        return std::nullopt;
    }
    if (slash == std::string_view::npos) {
        return Prefix{*address, address_bits(address->family)};
    }
    const auto length = parse_length(text.substr(slash + 1), address->family);
    if (!length) {
        return std::nullopt;
    }
    const Prefix prefix = of(*address, *length);
    if (prefix.address != *address) {
        return std::nullopt;
    }
    return prefix;
}

Prefix Prefix::of(const IpAddress& address, std::uint8_t length) {
    Prefix prefix{address, std::min(length, address_bits(address.family))};

    for (std::size_t i = 0; i < prefix.address.bytes.size(); i++) {
        const int kept =
            std::clamp(static_cast<int>(prefix.length) - static_cast<int>(8 * i), 0, 8);
        prefix.address.bytes[i] &= static_cast<std::uint8_t>(0xff00 >> kept);
    }
    return prefix;
}

Prefix Prefix::all(Family family) {
    return of(IpAddress{family, {}}, 0);
}

std::string Prefix::text() const {
    return address.text() + "/" + std::to_string(length);
}

bool Prefix::contains(const Prefix& other) const {
    return length <= other.length && contains(other.address);
}

bool Prefix::contains(const IpAddress& other) const {
    return other.family == address.family && of(other, length).address == address;
}

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
    MacAddress mac;

    if (text.size() != 17) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < mac.bytes.size(); i++) {
        const char* digits = text.data() + 3 * i;
        auto [stop, fault] = std::from_chars(digits, digits + 2, mac.bytes[i], 16);

        if (fault != std::errc{} || stop != digits + 2 || (i < 5 && digits[2] != ':')) {
            return std::nullopt;
        }
    }
    return mac;
}

std::string MacAddress::text() const {
    std::array<char, 18> out{};

    std::snprintf(out.data(), out.size(), "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1],
                  bytes[2], bytes[3], bytes[4], bytes[5]);
    return out.data();
}

}  // namespace xdpmirror
