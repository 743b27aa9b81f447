// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/echo.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <cstring>

#include "loader/internet_checksum.h"

namespace xdpmirror {
std::array<std::uint8_t, 8> echo_request(Family family, std::uint16_t id, std::uint16_t sequence) {
    const auto upper = [](std::uint16_t value) { return static_cast<std::uint8_t>(value >> 8); };
    const auto lower = [](std::uint16_t value) { return static_cast<std::uint8_t>(value); };
    const bool ipv4 = family == Family::ipv4;
    std::array<std::uint8_t, 8> echo = {ipv4 ? std::uint8_t{ICMP_ECHO} : std::uint8_t{ICMP6_ECHO_REQUEST},
                                        0, 0, 0, upper(id), lower(id), upper(sequence), lower(sequence)};
    if (!ipv4) return echo;  // there the kernel computes it
    const auto sum = internet_checksum(echo);
    std::memcpy(echo.data() + 2, &sum, sizeof(sum));
    return echo;
}

bool is_echo_reply(const std::uint8_t* bytes, std::size_t size, Family family, std::uint16_t id,
                   std::uint16_t sequence) {
    const bool ipv4 = family == Family::ipv4;
    const std::size_t header = ipv4 && size > 0 ? std::size_t{bytes[0] & 0xfU} * 4 : 0;
    if (size < header + 8) return false;
    const auto* icmp = bytes + header;
    const std::uint8_t reply = ipv4 ? std::uint8_t{ICMP_ECHOREPLY} : std::uint8_t{ICMP6_ECHO_REPLY};
    const auto word = [icmp](std::size_t at) { return icmp[at] << 8 | icmp[at + 1]; };
    return icmp[0] == reply && word(4) == id && word(6) == sequence;
}

}  // namespace xdpmirror
