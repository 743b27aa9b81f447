// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Answers GET and HEAD of a few paths, on the thread of an event loop: as many clients at once as it has room
// for, each for a few seconds. The parser is libmicrohttpd's.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "loader/daemon/timer.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

struct MHD_Daemon;

namespace xdpmirror {

struct HttpAnswer {
    unsigned status = 200;
    std::string type;  // of the body
    std::string body;
};

class HttpServer {
  public:
    using Paths = std::map<std::string, std::function<HttpAnswer()>>;

    // Borrows the loop, which must outlive it. Other paths are answered with 404, other methods with 405.
    static Result<std::unique_ptr<HttpServer>> make(EventLoop& loop, Paths paths);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Room for one more is made by ending the oldest.
    void serve(UniqueFd connection);

  private:
    friend struct HttpCallbacks;
    struct Client {
        int fd;
        Timer::Time since;
    };

    explicit HttpServer(Paths paths) : paths_(std::move(paths)) {}
    Result<> work();
    void end_oldest();

    Paths paths_;
    MHD_Daemon* daemon_ = nullptr;
    EventLoop* loop_ = nullptr;
    int epoll_ = -1;               // the library's
    std::unique_ptr<Timer> timer_;
    std::list<Client> clients_;  // oldest first
};

}  // namespace xdpmirror
