// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Addresses in the prefixes of a source. ::ffff:a.b.c.d is in none: it is never on a wire, and
// must not pass for IPv4.
#pragma once

#include <algorithm>
#include <vector>

#include "config/address.h"

namespace xdpmirror::reference {

inline bool is_in(const Prefix& prefix, const IpAddress& address) {
    return !address.is_mapped_ipv4() && prefix.contains(address);
}

inline bool is_in_any(const std::vector<Prefix>& prefixes, const IpAddress& address) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const Prefix& prefix) { return is_in(prefix, address); });
}

}  // namespace xdpmirror::reference
