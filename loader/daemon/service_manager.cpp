// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
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

void notify_reloading() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    notify_service_manager("RELOADING=1\nMONOTONIC_USEC=" +
                           std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

Watchdog::Watchdog() {
    const char* text = std::getenv("WATCHDOG_USEC");
    const char* pid = std::getenv("WATCHDOG_PID");
    if (text == nullptr || (pid != nullptr && std::to_string(::getpid()) != pid)) return;
    std::uint64_t wanted = 0;
    const char* end = text + std::strlen(text);
    if (std::from_chars(text, end, wanted).ptr != end) return;
    every_ = std::chrono::microseconds(wanted / 3);
}

void Watchdog::tick() {
    const auto now = std::chrono::steady_clock::now();
    if (every_.count() == 0 || now - said_ < every_) return;
    said_ = now;
    notify_service_manager("WATCHDOG=1");
}

}  // namespace xdpmirror
