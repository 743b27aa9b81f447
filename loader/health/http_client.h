// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// libcurl's multi interface on our event loop: all HTTP questions together, on one thread.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <unordered_map>

#include "loader/daemon/event_loop.h"
#include "loader/daemon/timer.h"
#include "maps/result.h"

namespace xdpmirror {

class HttpClient {
  public:
    using Done = std::function<void(CURLcode)>;

    // Borrows the loop, which must outlive it.
    static Result<std::unique_ptr<HttpClient>> make(EventLoop& loop);
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    ~HttpClient();

    // Borrows `easy` until it is done or removed. `done` is called from the loop or act(), never in here.
    Result<> add(CURL* easy, Done done);
    void remove(CURL* easy);
    // Goes on with what is ready at this socket, or with what time it is for: CURL_SOCKET_TIMEOUT.
    Result<> act(int fd);

  private:
    explicit HttpClient(EventLoop& loop) : loop_(loop) {}
    Result<> open();
    static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* seen);
    static int on_timeout(CURLM* multi, long milliseconds, void* self);

    EventLoop& loop_;
    CURLM* multi_ = nullptr;
    std::unique_ptr<Timer> timer_;
    std::unordered_map<CURL*, Done> running_;
};

}  // namespace xdpmirror
