// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace xdpmirror {

sockaddr_storage socket_address(const IpAddress& address, std::uint16_t port, socklen_t& size) {
    sockaddr_storage storage{};
    if (address.family == Family::ipv4) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        std::memcpy(&to.sin_addr, address.bytes.data(), sizeof(to.sin_addr));
        std::memcpy(&storage, &to, size = sizeof(to));
    } else {
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        to.sin6_port = htons(port);
        std::memcpy(&to.sin6_addr, address.bytes.data(), sizeof(to.sin6_addr));
        std::memcpy(&storage, &to, size = sizeof(to));
    }
    return storage;
}

std::optional<IpAddress> address_of(const sockaddr_storage& storage) {
    IpAddress address;
    if (storage.ss_family == AF_INET) {
        sockaddr_in from{};
        std::memcpy(&from, &storage, sizeof(from));
        std::memcpy(address.bytes.data(), &from.sin_addr, sizeof(from.sin_addr));
        return address;
    }
    if (storage.ss_family != AF_INET6) return std::nullopt;
    sockaddr_in6 from{};
    std::memcpy(&from, &storage, sizeof(from));
    address.family = Family::ipv6;
    std::memcpy(address.bytes.data(), &from.sin6_addr, sizeof(from.sin6_addr));
    return address;
}

}  // namespace xdpmirror
