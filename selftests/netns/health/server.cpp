// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "loader/socket_address.h"
#include "prober_test.h"

namespace xdpmirror {

Server::Server(EventLoop& loop, const std::string& address, Act act)
    : loop_(loop), address_(address), act_(std::move(act)) {
    open(0);
}

void Server::open(std::uint16_t port) {
    const auto address = ip(address_);
    socklen_t size = 0;
    auto storage = socket_address(address, port, size);
    listening_.reset(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(listening_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    auto* where = reinterpret_cast<sockaddr*>(&storage);
    ASSERT_EQ(::bind(listening_.get(), where, size), 0) << std::strerror(errno);
    ASSERT_EQ(::listen(listening_.get(), 1024), 0);
    ASSERT_EQ(::getsockname(listening_.get(), where, &size), 0);
    std::array<std::uint8_t, 2> bytes{};
    std::memcpy(bytes.data(), reinterpret_cast<const char*>(&storage) + 2, 2);  // both families
    port_ = static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
    ASSERT_TRUE(loop_.on_readable(listening_.get(), [this] { return take(); }));
}

void Server::close() {
    while (!clients_.empty()) hang_up(clients_.begin()->first);
    if (listening_) loop_.remove(listening_.get());
    listening_.reset();
}

Result<> Server::take() {
    UniqueFd client(::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client) return Ok{};
    ++taken_;
    const int fd = client.get();
    clients_[fd] = std::move(client);
    return loop_.on_readable(fd, [this, fd] { return hear(fd); });
}

Result<> Server::hear(int fd) {
    std::array<char, 4096> bytes{};
    const auto size = ::read(fd, bytes.data(), bytes.size());
    if (size <= 0) {
        hang_up(fd);
        return Ok{};
    }
    heard_.emplace_back(bytes.data(), static_cast<std::size_t>(size));
    if (act_ && act_(fd, heard_.back())) hang_up(fd);
    return Ok{};
}

void Server::hang_up(int fd) {
    loop_.remove(fd);
    clients_.erase(fd);
}

Server::Act answer(const std::string& text) {
    return [text](int fd, const std::string&) {
        ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        return true;
    };
}

}  // namespace xdpmirror
