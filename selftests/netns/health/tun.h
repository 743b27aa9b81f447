// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A tunnel whose other end is the test: it swallows packets, or answers for somebody beyond.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "loader/daemon/event_loop.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

using Bytes = std::vector<std::uint8_t>;

class Tun {
  public:
    using Act = std::function<Bytes(const Bytes& packet)>;  // what comes back; nothing if empty

    // Up, with this IPv4 address and prefix length.
    Tun(EventLoop& loop, const std::string& name, const std::string& address, Act act = {});
    ~Tun();
    Tun(const Tun&) = delete;
    Tun& operator=(const Tun&) = delete;

    void set(Act act) { act_ = std::move(act); }
    std::size_t packets() const { return packets_; }  // IPv4

  private:
    Result<> read();

    EventLoop& loop_;
    UniqueFd fd_;
    Act act_;
    std::size_t packets_ = 0;
};

// Answers to an IPv4 packet.
Bytes echo_reply(const Bytes& packet);
Tun::Act unreachable(std::uint8_t type, std::uint8_t code, const std::string& router);

}  // namespace xdpmirror
