// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/roles.h"

#include <algorithm>

namespace xdpmirror::fuzz {
namespace {

Prefix prefix(const char* text) {
    return *Prefix::parse(text);
}

}  // namespace

Roles::Roles(const Config& config, const reference::Node& node, Dice& dice)
    : config_(config), node_(node), dice_(dice) {
    for (const Rule& rule : config.rules) {
        if (rule.port) ports_.push_back(*rule.port);
        if (!rule.match.port) continue;
        const auto [first, last] = *rule.match.port;
        for (const int port : {first - 1, first + 0, last + 0, last + 1})
            ports_.push_back(static_cast<std::uint16_t>(port));
    }
    for (const int port : {0, 53, 443, 65535}) ports_.push_back(static_cast<std::uint16_t>(port));
}

bool Roles::has(WayIn way) const {
    return std::any_of(config_.sources.begin(), config_.sources.end(),
                       [&](const Source& source) { return source.way == way; });
}

Aim Roles::aim() {
    Aim aim;
    aim.source = &dice_.of(config_.sources);
    do {
        aim.rule = &dice_.of(config_.rules);
    } while (aim.source->way == WayIn::plain && aim.rule->match.vni && !dice_.one_in(4));
    for (const Pool& pool : config_.pools)
        if (pool.name == aim.rule->pool) aim.collector = pool.collectors.front().address;
    aim.family = dice_.percent(95) ? aim.collector.family : dice_.of({Family::ipv4, Family::ipv6});
    return aim;
}

// Words that sums trip over, but a first byte that a host may have.
IpAddress Roles::any(Family family) {
    IpAddress address;
    address.family = family;
    for (std::size_t at = 0; at < address_bits(family) / 8U; at += 2) {
        const std::uint16_t word = dice_.word();
        address.bytes[at] = static_cast<std::uint8_t>(word >> 8);
        address.bytes[at + 1] = static_cast<std::uint8_t>(word & 0xff);
    }
    if (!dice_.one_in(40))
        address.bytes[0] = dice_.of<std::uint8_t>({0x20, 1, 10, 126, 128, 192, 223});
    return address;
}

IpAddress Roles::within(const std::vector<Prefix>& prefixes, Family family) {
    std::vector<Prefix> fitting;
    for (const Prefix& candidate : prefixes)
        if (candidate.address.family == family && candidate.length != 0)
            fitting.push_back(candidate);
    if (fitting.empty()) return any(family);
    IpAddress address = dice_.address(dice_.of(fitting));
    if (dice_.one_in(24)) {  // a neighbour: one bit further
        const std::uint32_t bit = dice_.below(address_bits(family));
        address.bytes[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> bit % 8);
    }
    return address;
}

// In one of `first` and one of `second` if there is such an address; an empty list has all.
IpAddress Roles::within_both(const std::vector<Prefix>& first, const std::vector<Prefix>& second,
                             Family family) {
    const auto is_in = [](const std::vector<Prefix>& prefixes, const IpAddress& address) {
        return prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(), [&](auto& prefix) {
                   return prefix.contains(address);
               });
    };
    IpAddress address;
    for (int tries = 0; tries < 6; tries++) {
        address = within(tries % 2 == 0 ? first : second, family);
        if (is_in(first, address) && is_in(second, address)) break;
    }
    return address;
}

// An IPv6 address that looks like the IPv4 one: never the same.
IpAddress Roles::mapped(const IpAddress& address) {
    if (address.family == Family::ipv6) return address;
    IpAddress mapped;
    mapped.family = Family::ipv6;
    mapped.bytes[10] = mapped.bytes[11] = 0xff;
    std::copy_n(address.bytes.begin(), 4, mapped.bytes.begin() + 12);
    return mapped;
}

IpAddress Roles::martian(Family family) {
    if (family == Family::ipv4)
        return dice_.address(
            dice_.of({prefix("0.0.0.0/8"), prefix("127.0.0.0/8"), prefix("224.0.0.0/3"),
                      prefix("128.0.0.0/32"), prefix("223.255.255.255"), prefix("126.255.255.255"),
                      prefix("1.0.0.0")}));
    return dice_.address(dice_.of({prefix("::"), prefix("::1"), prefix("::2"), prefix("fe80::/10"),
                                   prefix("ff00::/8"), prefix("fec0::"), prefix("fe7f::"),
                                   prefix("::ffff:127.0.0.1")}));
}

IpAddress Roles::outer_sender(const Aim& aim) {
    Family family = dice_.percent(70) ? Family::ipv4 : Family::ipv6;
    if (!dice_.one_in(24)) family = dice_.of(aim.source->from).address.family;
    if (dice_.one_in(24)) return any(family);
    if (dice_.one_in(12)) {
        const IpAddress other = within(dice_.of(config_.sources).from, family);
        return dice_.one_in(4) ? mapped(other) : other;
    }
    return within(aim.source->from, family);
}

IpAddress Roles::outer_destination(Family family) {
    std::vector<IpAddress> fitting;
    for (const auto& list : {node_.claimed, dice_.one_in(20) ? node_.own : node_.claimed})
        for (const IpAddress& address : list)
            if (address.family == family) fitting.push_back(address);
    if (fitting.empty() || dice_.one_in(40)) return any(family);
    return dice_.of(fitting);
}

std::uint32_t Roles::vni(const Aim& aim) {
    if (aim.source->vni && !dice_.one_in(24)) return *aim.source->vni;
    const Source& other = dice_.of(config_.sources);
    if (other.vni && dice_.one_in(3)) return *other.vni;
    return dice_.of({0U, 1U, 0xffffffU, 0x123456U, dice_.word32() & 0xffffff});
}

IpAddress Roles::inner_source(const Aim& aim) {
    if (dice_.one_in(40)) return martian(aim.family);
    if (dice_.one_in(40) && !node_.own.empty()) {
        const IpAddress& own = dice_.of(node_.own);
        if (own.family == aim.family) return own;
    }
    if (dice_.one_in(24)) return any(aim.family);
    if (dice_.one_in(30) && aim.family == Family::ipv6)
        return mapped(within(dice_.of(config_.sources).exporters, Family::ipv4));
    std::vector<Prefix> wanted;
    if (aim.rule->match.from) wanted = {*aim.rule->match.from};
    return within_both(aim.source->way == WayIn::plain ? aim.source->from : aim.source->exporters,
                       wanted, aim.family);
}

IpAddress Roles::inner_destination(const Aim& aim) {
    if (dice_.one_in(24) && aim.collector.family == aim.family) return aim.collector;
    if (dice_.one_in(24)) return any(aim.family);
    if (dice_.one_in(30)) return outer_destination(aim.family);
    if (dice_.one_in(30) && aim.family == Family::ipv6)
        return mapped(within(dice_.of(config_.sources).to, Family::ipv4));
    std::vector<Prefix> wanted;
    if (aim.rule->match.to) wanted = {*aim.rule->match.to};
    return within_both(dice_.one_in(16) ? dice_.of(config_.sources).to : aim.source->to, wanted,
                       aim.family);
}

std::uint16_t Roles::port(const Aim& aim) {
    if (dice_.one_in(40)) return dice_.one_in(2) ? vxlan_port() : geneve_port();
    if (dice_.one_in(12)) return dice_.of(ports_);
    if (dice_.one_in(24)) return dice_.word();
    if (!aim.rule->match.port) return dice_.one_in(3) ? dice_.word() : dice_.of(ports_);
    const auto [first, last] = *aim.rule->match.port;
    return static_cast<std::uint16_t>(first + dice_.below(1U + last - first));
}

std::uint8_t Roles::protocol(const Aim& aim) {
    constexpr std::uint8_t kUsual[] = {1, 6, 17, 33, 47, 50, 58, 59, 132, 136};
    if (dice_.one_in(60)) return dice_.byte();
    if (dice_.one_in(16)) return kUsual[dice_.below(std::size(kUsual))];
    if (aim.rule->match.protocol) return *aim.rule->match.protocol;
    return dice_.percent(40) ? 17 : kUsual[dice_.below(std::size(kUsual))];
}

}  // namespace xdpmirror::fuzz
