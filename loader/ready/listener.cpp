// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Linux: shutdown(2) takes a listening socket back to where it was after bind(2), so that the port is not
// free for a moment.
#include "loader/ready/listener.h"

#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "loader/socket_address.h"

namespace xdpmirror {
namespace {

constexpr int kBacklog = 128;
constexpr int kAtOnce = 16;  // connections, before others have their turn

Error cannot_listen(const ListenAddress& at, const std::string& key, int err) {
    const auto what = "cannot listen on " + at.text();
    if (err == EADDRINUSE)
        return Error{fmt::format("{}: another process has the port; see which by: ss -ltnp sport = :{}; end it, or "
                                 "take another port in '{}'",
                                 what, at.port, key)};
    if (err == EADDRNOTAVAIL)
        return Error{what + ": this node has no such address; take one of `ip address`, or 0.0.0.0 or [::]"};
    if (err == EACCES)
        return Error{what + ": ports below 1024 need CAP_NET_BIND_SERVICE; take a higher one in '" + key + "'"};
    return system_error(what, err);
}

}  // namespace

Result<UniqueFd> bind_listener(const ListenAddress& at, const std::string& key) {
    const bool is_ipv6 = at.address.family == Family::ipv6;
    const int on = 1;
    socklen_t size = 0;
    const auto address = socket_address(at.address, at.port, size);
    UniqueFd fd(::socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // connections that were closed a minute ago are no obstacle
    if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        (is_ipv6 && ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) ||
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        const int err = errno;
        return cannot_listen(at, key, err);
    }
    return fd;
}

Listener::Listener(EventLoop& loop, ListenAddress at, UniqueFd bound, std::string key, Taken taken)
    : loop_(loop), at_(at), fd_(std::move(bound)), key_(std::move(key)), taken_(std::move(taken)) {}

Result<> Listener::open() {
    if (!open_ && ::listen(fd_.get(), kBacklog) != 0) {
        const int err = errno;
        return cannot_listen(at_, key_, err);
    }
    open_ = true;
    if (watched_) return Ok{};
    if (auto watched = loop_.on_readable(fd_.get(), [this] { return take(); }); !watched) return watched;
    watched_ = true;
    return Ok{};
}

void Listener::close() {
    if (watched_) loop_.remove(fd_.get());
    if (open_) ::shutdown(fd_.get(), SHUT_RDWR);
    watched_ = open_ = false;
}

Result<> Listener::take() {
    for (int i = 0; i < kAtOnce; ++i) {
        UniqueFd connection(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        const int err = errno;
        if (connection) {
            taken_(std::move(connection));
            continue;
        }
        if (err == EAGAIN) break;
        if (err == EMFILE || err == ENFILE || err == ENOBUFS || err == ENOMEM) {
            loop_.remove(fd_.get());  // it would be readable without end
            watched_ = false;
            break;
        }
    }
    return Ok{};
}

}  // namespace xdpmirror
