// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Where the daemon takes connections. Numbers: names would be looked up at a moment when nothing
// may be waited for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/address.h"

namespace xdpmirror {

struct ListenAddress {
    IpAddress address;  // unspecified: every one of its family
    std::uint16_t port = 0;

    bool operator==(const ListenAddress&) const = default;
    std::string text() const;  // "0.0.0.0:9436", "[::1]:9436"
    // One connection could be for both.
    bool overlaps(const ListenAddress& other) const;

    // "192.0.2.1:9436" or "[2001:db8::1]:9436".
    static std::optional<ListenAddress> parse(const std::string& text);
};

}  // namespace xdpmirror
