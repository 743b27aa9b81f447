// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/health/question_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "loader/socket_address.h"

namespace xdpmirror {

int set_way(int socket, Family family, const QuestionWay& way) {
    const int on = 1;
    const int told = family == Family::ipv4
                         ? ::setsockopt(socket, IPPROTO_IP, IP_RECVERR, &on, sizeof(on))
                         : ::setsockopt(socket, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
    if (told != 0) return errno;
    if (!way.interface.empty() &&
        ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, way.interface.c_str(),
                     static_cast<socklen_t>(way.interface.size() + 1)) != 0)
        return errno;
    if (way.mark != 0 &&
        ::setsockopt(socket, SOL_SOCKET, SO_MARK, &way.mark, sizeof(way.mark)) != 0)
        return errno;
    return 0;
}

UniqueFd connected_socket(const IpAddress& address, std::uint16_t port, int type, int protocol,
                          const QuestionWay& way, int& err) {
    const bool ipv4 = address.family == Family::ipv4;
    UniqueFd fd(::socket(ipv4 ? AF_INET : AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
    err = fd ? 0 : errno;
    if (err == 0) err = set_way(fd.get(), address.family, way);
    if (err != 0) return {};
    socklen_t size = 0;
    const auto to = socket_address(address, port, size);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), size) == 0) return fd;
    err = errno;
    if (err != EINPROGRESS) fd.reset();
    return fd;
}

int error_of(int socket) {
    int err = 0;
    socklen_t size = sizeof(err);
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &err, &size) == 0 ? err : errno;
}

}  // namespace xdpmirror
