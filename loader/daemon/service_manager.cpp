// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "maps/unique_fd.h"

namespace xdpmirror {

void notify_service_manager(const std::string& state) {
    const char* where = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (where == nullptr || (where[0] != '/' && where[0] != '@')) return;
    const std::size_t length = std::strlen(where);
    if (length >= sizeof(address.sun_path)) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, where, length);
    if (where[0] == '@') address.sun_path[0] = '\0';  // an abstract name
    const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) return;
    ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&address),
             static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length));
}

}  // namespace xdpmirror
