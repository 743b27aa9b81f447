// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// "from all fwmark MARK iif lo ipproto icmp blackhole": the kernel's own output has lo as its input.
#include "loader/silence.h"

#include <fmt/core.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "loader/kernel_forwarding.h"
#include "loader/netlink_socket.h"

namespace xdpmirror {
namespace {

// That of the local table, behind which it comes. With any other one, rules that an operator adds without a
// priority would come before it, those for the same mark too.
constexpr std::uint32_t kPriority = 0;

Result<> change(NetlinkSocket& socket, std::uint16_t type, int flags, Family family,
                std::uint32_t mark) {
    const bool is_ipv4 = family == Family::ipv4;
    const std::uint8_t icmp[] = {is_ipv4 ? std::uint8_t{IPPROTO_ICMP} : std::uint8_t{IPPROTO_ICMPV6}};
    fib_rule_hdr header{};
    header.family = is_ipv4 ? AF_INET : AF_INET6;
    header.action = FR_ACT_BLACKHOLE;
    NetlinkRequest request(type, flags, header);
    request.put(FRA_PRIORITY, kPriority)
        .put(FRA_IIFNAME, std::string("lo"))
        .put(FRA_FWMARK, mark)
        .put(FRA_IP_PROTO, icmp);
    const auto done = socket.request(request);
    if (!done) return done.error();
    return Ok{};
}

// Calls change() for both families; `fine` is the error that says that it was so already.
Result<> change_all(std::uint16_t type, int flags, const std::vector<std::uint32_t>& marks, int fine) {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    for (const auto mark : marks) {
        for (const Family family : {Family::ipv4, Family::ipv6}) {
            auto done = change(*socket, type, flags, family, mark);
            if (done || done.error().code.value() == fine) continue;
            if (done.error().code.value() == EAFNOSUPPORT) continue;  // a kernel without IPv6
            return while_doing(fmt::format("routing rule for the kernel's answers to mark {:#x}",
                                           mark),
                               done.error());
        }
    }
    return Ok{};
}

}  // namespace

Result<> require_routing(const std::string& ingress, const std::vector<Family>& families) {
    for (const Family family : families) {
        if (auto ready = require_forwarding(ingress, family, "path: kernel"); !ready) return ready;
        if (auto ready = require_reflected_marks(family, "path: kernel"); !ready) return ready;
    }
    return Ok{};
}

Result<> silence(const std::vector<std::uint32_t>& marks) {
    return change_all(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, marks, EEXIST);
}

Result<> end_silence(const std::vector<std::uint32_t>& marks) {
    return change_all(RTM_DELRULE, 0, marks, ENOENT);
}

}  // namespace xdpmirror
