// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/health/datagram_question.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace xdpmirror {

void DatagramQuestion::send(UniqueFd socket, int err, std::span<const std::uint8_t> bytes) {
    socket_ = std::move(socket);
    if (!socket_) return end(outcome_of(err));
    auto watched = loop_.on_readable(socket_.get(), [this]() -> Result<> {
        heard();
        return Ok{};
    });
    if (!watched) return end({Outcome::Kind::unreachable, one_line(watched.error())});
    if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
        end(outcome_of(errno));
}

void DatagramQuestion::heard() {
    std::array<std::uint8_t, 2048> bytes{};
    if (!socket_) return;
    for (;;) {
        const auto size = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
        if (size < 0) {
            const int err = errno;
            if (err == EAGAIN || err == EINTR) break;
            return refused(err);
        }
        if (is_answer({bytes.data(), static_cast<std::size_t>(size)})) return end({});
    }
    // An error may be in the queue alone; SO_ERROR takes it.
    if (const int err = error_of(socket_.get()); err != 0) refused(err);
}

void DatagramQuestion::refused(int err) {
    if (err == ECONNREFUSED) return end({Outcome::Kind::failed, "port unreachable"});
    end(outcome_of(err, blame_of(socket_.get())));
}

void DatagramQuestion::end(const Outcome& outcome) {
    close();
    report_(outcome);
}

void DatagramQuestion::close() {
    if (!socket_) return;
    loop_.remove(socket_.get());
    socket_.reset();
}

}  // namespace xdpmirror
