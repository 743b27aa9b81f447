// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Addresses and prefixes of a profile; a prefix with host bits is refused with the one it may mean.
#include <charconv>

#include "config/messages.h"
#include "config/read.h"

namespace xdpmirror {
namespace {

constexpr std::array<std::uint8_t, 16> kBroadcast = {255, 255, 255, 255};

// The prefix that was meant if only its host bits are wrong.
std::optional<Prefix> without_host_bits(const std::string& text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));

    if (!address || slash == std::string::npos) {
        return std::nullopt;
    }
    // The length is right if the unspecified address takes it.
    const IpAddress zero{address->family, {}};
    const auto mask = Prefix::parse(zero.text() + text.substr(slash));
    return mask ? std::optional(Prefix::of(*address, mask->length)) : std::nullopt;
}

}  // namespace

Result<IpAddress> read_address(const Node& node, const std::string& path) {
    const auto address = IpAddress::parse(node.text);

    if (!address) {
        const bool is_prefix = Prefix::parse(node.text) || without_host_bits(node.text);
        return error_at<Message::kBadAddress>(
            node.place, node.text, path,
            is_prefix ? "one address without a length" : "an IPv4 or IPv6 address");
    }
    return *address;
}

Result<Prefix> read_prefix(const Node& node, const std::string& path) {
    const auto prefix = Prefix::parse(node.text);

    if (!prefix) {
        if (const auto meant = without_host_bits(node.text)) {
            return error_at<Message::kHostBits>(node.place, node.text, path, meant->text());
        }
        return error_at<Message::kBadPrefix>(node.place, node.text, path);
    }
    // Admission looks IPv4 senders up in this notation, so it must not come in by the other door.
    if (prefix->address.is_mapped_ipv4() && prefix->length >= 96) {
        return error_at<Message::kMappedPrefix>(node.place, node.text, path);
    }
    return *prefix;
}

std::string why_no_host(const IpAddress& address) {
    if (address.is_unspecified()) {
        return "the unspecified address";
    }
    if (address.is_multicast()) {
        return "a multicast address";
    }
    if (address.is_loopback()) {
        return "a loopback address";
    }
    if (address.is_mapped_ipv4()) {
        return "IPv4 in IPv6 notation";
    }
    if (address == IpAddress{Family::ipv4, kBroadcast}) {
        return "the broadcast address";
    }
    return {};
}

std::string family_name(Family family) {
    return family == Family::ipv4 ? "IPv4" : "IPv6";
}

}  // namespace xdpmirror
