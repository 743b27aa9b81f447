// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// "from all fwmark MARK lookup TABLE proto 120".
#include "loader/steering.h"

#include <fmt/core.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "loader/netlink_socket.h"

namespace xdpmirror {
namespace {

// Behind the black hole for answers, which carry the same mark, and before what an operator routes by
// address.
constexpr std::uint32_t kPriority = 2;

std::uint8_t family_number(Family family) { return family == Family::ipv4 ? AF_INET : AF_INET6; }

const char* family_name(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

Result<> change(NetlinkSocket& socket, std::uint16_t type, int flags, const Steering& rule) {
    constexpr std::array<std::uint8_t, 1> kOurs = {kSteeringProtocol};
    fib_rule_hdr header{};
    header.family = family_number(rule.family);
    header.action = FR_ACT_TO_TBL;
    NetlinkRequest request(type, flags, header);
    request.put(FRA_PRIORITY, kPriority)
        .put(FRA_FWMARK, rule.mark)
        .put(FRA_TABLE, rule.table)
        .put(FRA_PROTOCOL, kOurs);
    const auto done = socket.request(request);
    if (!done) return done.error();
    return Ok{};
}

// Calls change() for each; `fine` is the error that says that it was so already.
Result<> change_all(NetlinkSocket& socket, std::uint16_t type, int flags,
                    const std::vector<Steering>& rules, int fine) {
    for (const auto& rule : rules) {
        auto done = change(socket, type, flags, rule);
        if (done || done.error().code.value() == fine) continue;
        return while_doing(fmt::format("{} routing rule '{}'", family_name(rule.family), rule.text()),
                           done.error());
    }
    return Ok{};
}

Result<std::vector<Steering>> list(NetlinkSocket& socket) {
    std::vector<Steering> found;
    for (const Family family : {Family::ipv4, Family::ipv6}) {
        fib_rule_hdr header{};
        header.family = family_number(family);
        const auto answer = socket.request(NetlinkRequest(RTM_GETRULE, NLM_F_DUMP, header));
        if (!answer && answer.error().code.value() == EAFNOSUPPORT) continue;  // a kernel without IPv6
        if (!answer) return while_doing("list routing rules", answer.error());
        for (const auto& message : *answer) {
            if (const auto rule = parse_steering(message)) found.push_back(*rule);
        }
    }
    return found;
}

}  // namespace

std::string Steering::text() const {
    return fmt::format("fwmark {:#x} lookup {} proto {}", mark, table, kSteeringProtocol);
}

std::vector<Steering> steering_of(const Config& config) {
    std::vector<Steering> rules;
    const auto add = [&rules](const WayOut& way, Family family) {
        const Steering rule{.family = family, .mark = way.mark, .table = way.table};
        if (way.table != 0 && std::find(rules.begin(), rules.end(), rule) == rules.end())
            rules.push_back(rule);
    };
    for (const auto& egress : config.egress) {
        for (const auto& pool : config.pools) {
            if (pool.via != egress.name) continue;
            for (const auto& collector : pool.collectors) {
                for (const auto& way : egress.ways) add(way, collector.address.family);
            }
        }
    }
    return rules;
}

std::optional<Steering> parse_steering(const NetlinkMessage& message) {
    const auto* header = message.fixed<fib_rule_hdr>();
    if (message.type() != RTM_NEWRULE || header == nullptr || header->action != FR_ACT_TO_TBL)
        return std::nullopt;
    const Attributes attributes(message, sizeof(*header), FRA_PROTOCOL);
    const auto mark = attributes.u32(FRA_FWMARK);
    if (attributes.u8(FRA_PROTOCOL) != kSteeringProtocol || !mark) return std::nullopt;
    return Steering{.family = header->family == AF_INET ? Family::ipv4 : Family::ipv6,
                    .mark = *mark,
                    .table = attributes.u32(FRA_TABLE).value_or(header->table)};
}

Result<std::vector<Steering>> steered() {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    return list(*socket);
}

Result<> steer(const std::vector<Steering>& wanted) {
    if (wanted.empty()) return Ok{};
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    const auto there = list(*socket);
    if (!there) return there.error();
    for (const auto& rule : wanted) {
        const auto other = std::find_if(there->begin(), there->end(), [&rule](const Steering& one) {
            return one.family == rule.family && one.mark == rule.mark && one.table != rule.table;
        });
        if (other != there->end())
            return Error{fmt::format(
                "mark {:#x} leads to table {} by another attachment's rule, and cannot lead to table "
                "{}; take another mark, or if nothing is attached that needs it: ip {}rule del {}",
                rule.mark, other->table, rule.table, rule.family == Family::ipv6 ? "-6 " : "",
                other->text())};
    }
    return change_all(*socket, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, wanted, EEXIST);
}

Result<> end_steering(const std::vector<Steering>& rules) {
    if (rules.empty()) return Ok{};
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    return change_all(*socket, RTM_DELRULE, 0, rules, ENOENT);
}

}  // namespace xdpmirror
