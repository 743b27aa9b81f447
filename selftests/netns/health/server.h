// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A TCP server that does to each of its clients what a test says.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "loader/daemon/event_loop.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class Server {
  public:
    // What to do when a client has sent something (or hung up); true: that was all, hang up.
    using Act = std::function<bool(int fd, const std::string& heard)>;

    // Takes connections and says nothing, or does what `act` says. On a port that is free.
    Server(EventLoop& loop, const std::string& address, Act act = {});
    ~Server() { close(); }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const { return port_; }
    const std::vector<std::string>& heard() const { return heard_; }
    std::size_t clients() const { return taken_; }
    void close();  // clients included
    void open(std::uint16_t port);

  private:
    Result<> take();
    Result<> hear(int fd);
    void hang_up(int fd);

    EventLoop& loop_;
    std::string address_;
    Act act_;
    UniqueFd listening_;
    std::uint16_t port_ = 0;
    std::map<int, UniqueFd> clients_;
    std::vector<std::string> heard_;
    std::size_t taken_ = 0;
};

// An answer that is sent whole, or as far as the client takes it.
Server::Act answer(const std::string& text);

}  // namespace xdpmirror
