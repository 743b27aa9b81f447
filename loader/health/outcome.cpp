// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A socket learns of our own failed look-up of a neighbour by an ICMP error from our own address.
#include "loader/health/outcome.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include "config/address.h"
#include "loader/socket_address.h"

namespace xdpmirror {
namespace {

std::string words(int err) {
    switch (err) {
        case ECONNREFUSED:
            return "connection refused";
        case ECONNRESET:
            return "connection reset";
        case EHOSTUNREACH:
            return "host unreachable";
        case ENETUNREACH:
            return "network unreachable";
        case ENODEV:
            return "no such device";
        case EADDRNOTAVAIL:
            return "no address to ask from";
        case EINVAL:
            return "the route is a blackhole";
        default:
            return std::generic_category().message(err);
    }
}

std::optional<IpAddress> own_address(int socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
        return std::nullopt;
    return address_of(storage);
}

// What is told by TCP itself, so by the collector.
bool is_of_tcp(int err) {
    return err == ECONNREFUSED || err == ECONNRESET || err == ETIMEDOUT || err == EPIPE;
}

}  // namespace

Blame blame_of(int socket) {
    constexpr std::uint8_t kTimeExceeded4 = 11, kTimeExceeded6 = 3;  // RFC 792, RFC 4443
    std::array<char, 512> control{};
    std::array<char, 64> data{};
    iovec part{data.data(), data.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return {};
    for (auto* told = CMSG_FIRSTHDR(&message); told; told = CMSG_NXTHDR(&message, told)) {
        const bool ipv4 = told->cmsg_level == IPPROTO_IP && told->cmsg_type == IP_RECVERR;
        const bool ipv6 = told->cmsg_level == IPPROTO_IPV6 && told->cmsg_type == IPV6_RECVERR;
        sock_extended_err error{};
        const std::size_t size = told->cmsg_len - CMSG_LEN(0);
        if ((!ipv4 && !ipv6) || size < sizeof(error)) continue;
        std::memcpy(&error, CMSG_DATA(told), sizeof(error));
        sockaddr_storage storage{};  // SO_EE_OFFENDER
        std::memcpy(&storage, CMSG_DATA(told) + sizeof(error),
                    std::min(size - sizeof(error), sizeof(storage)));
        const auto offender = address_of(storage);
        if (!offender) return {};
        const bool ours = offender == own_address(socket);
        return {ours ? Blame::Who::we : Blame::Who::somebody,
                error.ee_type == (ipv4 ? kTimeExceeded4 : kTimeExceeded6), offender->text()};
    }
    return {};
}

Outcome outcome_of(int err, const Blame& blame) {
    if (is_of_tcp(err)) return {Outcome::Kind::failed, words(err)};
    if (blame.who != Blame::Who::somebody) return {Outcome::Kind::unreachable, words(err)};
    const bool on_the_way = err == ENETUNREACH || blame.loop;
    return {on_the_way ? Outcome::Kind::unreachable : Outcome::Kind::failed,
            words(err) + ", says " + blame.address};
}

}  // namespace xdpmirror
