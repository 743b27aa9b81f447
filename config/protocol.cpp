// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Numbers: IANA, "Assigned Internet Protocol Numbers".
#include "config/protocol.h"

#include <netinet/in.h>

#include <array>
#include <utility>

namespace xdpmirror {
namespace {

constexpr std::array<std::pair<const char*, std::uint8_t>, 10> kProtocols = {{
    {"udp", IPPROTO_UDP},
    {"tcp", IPPROTO_TCP},
    {"icmp", IPPROTO_ICMP},
    {"icmpv6", IPPROTO_ICMPV6},
    {"sctp", IPPROTO_SCTP},
    {"gre", IPPROTO_GRE},
    {"esp", IPPROTO_ESP},
    {"ah", IPPROTO_AH},
    {"udplite", IPPROTO_UDPLITE},
    {"dccp", IPPROTO_DCCP},
}};

}  // namespace

std::optional<std::uint8_t> parse_protocol(const std::string& name) {
    for (const auto& [known, number] : kProtocols) {
        if (name == known) {
            return number;
        }
    }
    return std::nullopt;
}

std::string protocol_name(std::optional<std::uint8_t> protocol) {
    if (!protocol) {
        return "any";
    }
    for (const auto& [known, number] : kProtocols) {
        if (*protocol == number) {
            return known;
        }
    }
    return std::to_string(*protocol);
}

std::vector<std::string> protocol_names() {
    std::vector<std::string> names;

    for (const auto& [known, number] : kProtocols) {
        names.emplace_back(known);
    }
    names.emplace_back("any");
    return names;
}

bool has_ports(std::uint8_t protocol) {
    return can_change_port(protocol) || protocol == IPPROTO_SCTP || protocol == IPPROTO_DCCP;
}

bool can_change_port(std::uint8_t protocol) {
    return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP || protocol == IPPROTO_UDPLITE;
}

}  // namespace xdpmirror
