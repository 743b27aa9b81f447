// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// RFC 791 section 3.2, the fragmentation procedure; sizes as Linux chooses them: as large as fits.
#include "loader/kernel_fragments.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/ip.h>

#include <algorithm>
#include <cstring>

namespace xdpmirror {
namespace {

constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kOffsetMask = 0x1fff;

std::uint16_t header_checksum(const iphdr& ip) {
    std::uint16_t words[sizeof(ip) / 2];
    std::memcpy(words, &ip, sizeof(ip));
    std::uint32_t sum = 0;
    for (const auto word : words) sum += word;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

}  // namespace

std::vector<std::vector<std::byte>> kernel_fragments(const std::vector<std::byte>& frame,
                                                     std::uint32_t mtu) {
    constexpr std::size_t kHeaders = ETH_HLEN + sizeof(iphdr);
    if (frame.size() < kHeaders || mtu < sizeof(iphdr) + 8) return {frame};
    iphdr original{};
    std::memcpy(&original, frame.data() + ETH_HLEN, sizeof(original));
    const std::size_t payload = frame.size() - kHeaders;
    const std::size_t room = mtu - sizeof(iphdr);
    const auto field = ntohs(original.frag_off);

    std::vector<std::vector<std::byte>> fragments;
    for (std::size_t at = 0; at < payload || fragments.empty();) {
        std::size_t bytes = std::min(payload - at, room);
        const bool is_last = at + bytes == payload;
        if (!is_last) bytes &= ~std::size_t{7};
        iphdr ip = original;
        ip.ttl--;
        ip.tot_len = htons(static_cast<std::uint16_t>(sizeof(ip) + bytes));
        ip.frag_off = htons(static_cast<std::uint16_t>(
            ((field & kOffsetMask) + at / 8) | (is_last ? field & kMoreFragments : kMoreFragments)));
        ip.check = 0;
        ip.check = header_checksum(ip);
        std::vector<std::byte> fragment(frame.begin(), frame.begin() + ETH_HLEN);
        const auto* header = reinterpret_cast<const std::byte*>(&ip);
        fragment.insert(fragment.end(), header, header + sizeof(ip));
        const auto from = frame.begin() + static_cast<std::ptrdiff_t>(kHeaders + at);
        fragment.insert(fragment.end(), from, from + static_cast<std::ptrdiff_t>(bytes));
        fragments.push_back(std::move(fragment));
        at += bytes;
    }
    return fragments;
}

}  // namespace xdpmirror
