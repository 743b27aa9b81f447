// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/listen_address.h"

#include <charconv>

namespace xdpmirror {

std::string ListenAddress::text() const {
    const bool is_ipv6 = address.family == Family::ipv6;
    return (is_ipv6 ? "[" + address.text() + "]" : address.text()) + ":" + std::to_string(port);
}

bool ListenAddress::overlaps(const ListenAddress& other) const {
    return port == other.port && address.family == other.address.family &&
           (address == other.address || address.is_unspecified() || other.address.is_unspecified());
}

std::optional<ListenAddress> ListenAddress::parse(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    std::string host = text.substr(0, colon);
    const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    host = in_brackets ? host.substr(1, host.size() - 2) : host;
    const auto address = IpAddress::parse(host);
    if (!address || in_brackets != (address->family == Family::ipv6)) {
        return std::nullopt;
    }
    ListenAddress at{*address, 0};
    const char* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data() + colon + 1, end, at.port);
    if (fault != std::errc{} || stop != end || at.port == 0) {
        return std::nullopt;
    }
    return at;
}

}  // namespace xdpmirror
