// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// libcurl may not be called in its own callbacks, so they only say what to wait for.
#include "loader/health/http_client.h"

#include <chrono>

namespace xdpmirror {
namespace {

Error failed(const char* what, CURLMcode code) {
    return Error{std::string(what) + " for HTTP checks: " + curl_multi_strerror(code)};
}

}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::make(EventLoop& loop) {
    std::unique_ptr<HttpClient> client(new HttpClient(loop));
    if (auto done = client->open(); !done) return done.error();
    return client;
}

Result<> HttpClient::open() {
    // No TLS: nothing of it is set up.
    if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK) return Error{"libcurl does not start"};
    multi_ = curl_multi_init();
    if (!multi_) return Error{"libcurl has no memory"};
    auto timer = Timer::make(loop_, [this] { return act(CURL_SOCKET_TIMEOUT); });
    if (!timer) return timer.error();
    timer_ = std::make_unique<Timer>(std::move(*timer));
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    return Ok{};
}

HttpClient::~HttpClient() {
    if (!multi_) return;
    for (const auto& [easy, done] : running_) curl_multi_remove_handle(multi_, easy);
    curl_multi_cleanup(multi_);
}

Result<> HttpClient::add(CURL* easy, Done done) {
    if (const auto code = curl_multi_add_handle(multi_, easy); code != CURLM_OK)
        return failed("add a request", code);
    running_[easy] = std::move(done);
    return Ok{};
}

void HttpClient::remove(CURL* easy) {
    if (running_.erase(easy) != 0) curl_multi_remove_handle(multi_, easy);
}

Result<> HttpClient::act(int fd) {
    int running = 0;
    if (const auto code = curl_multi_socket_action(multi_, fd, 0, &running); code != CURLM_OK)
        return failed("go on", code);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL* const easy = message->easy_handle;
        const CURLcode code = message->data.result;  // gone with the next call
        const auto found = running_.find(easy);
        if (found == running_.end()) continue;
        const Done done = std::move(found->second);
        remove(easy);
        done(code);
    }
    return Ok{};
}

int HttpClient::on_socket(CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*seen*/) {
    auto& client = *static_cast<HttpClient*>(self);
    if (what == CURL_POLL_REMOVE) {
        client.loop_.remove(fd);
        return 0;
    }
    const auto watched = client.loop_.watch(fd, (what & CURL_POLL_IN) != 0, (what & CURL_POLL_OUT) != 0,
                                            [&client, fd] { return client.act(fd); });
    return watched ? 0 : -1;
}

int HttpClient::on_timeout(CURLM* /*multi*/, long milliseconds, void* self) {
    auto& timer = *static_cast<HttpClient*>(self)->timer_;
    if (milliseconds < 0) {
        timer.clear();
        return 0;
    }
    return timer.set(Timer::Time::clock::now() + std::chrono::milliseconds(milliseconds)) ? 0 : -1;
}

}  // namespace xdpmirror
