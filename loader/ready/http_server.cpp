// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The library has limits of its own, for idle clients only, and stops accepting at the last one. Ours are for
// whoever is slow, byte by byte or not at all: connections are shut down, which the library finds.
#include "loader/ready/http_server.h"

#include <microhttpd.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

namespace xdpmirror {

using namespace std::chrono_literals;

constexpr std::size_t kClients = 64;
constexpr auto kPatience = 5s;  // with one client
constexpr std::size_t kClientBytes = 8 * 1024;

// What the library calls.
struct HttpCallbacks {
    static MHD_Result answer(void* self, MHD_Connection* connection, const char* path, const char* method,
                             const char* /*version*/, const char* /*upload*/, std::size_t* /*bytes*/,
                             void** /*seen*/);
    static void notice(void* self, MHD_Connection* connection, void** context,
                       MHD_ConnectionNotificationCode what);
};

namespace {

HttpAnswer choose(const HttpServer::Paths& paths, const std::string& path, std::string_view method) {
    const auto found = paths.find(path);
    if (found == paths.end()) return {404, "text/plain", "not found\n"};
    if (method != "GET" && method != "HEAD") return {405, "text/plain", "only GET and HEAD\n"};
    return found->second();
}

}  // namespace

MHD_Result HttpCallbacks::answer(void* self, MHD_Connection* connection, const char* path, const char* method,
                                 const char* /*version*/, const char* /*upload*/, std::size_t* /*bytes*/,
                                 void** /*seen*/) {
    auto answer = choose(static_cast<HttpServer*>(self)->paths_, path, method);
    auto* response = MHD_create_response_from_buffer(answer.body.size(), answer.body.data(), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.type.c_str());
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    if (answer.status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    const auto queued = MHD_queue_response(connection, answer.status, response);
    MHD_destroy_response(response);
    return queued;
}

void HttpCallbacks::notice(void* self, MHD_Connection* connection, void** context,
                           MHD_ConnectionNotificationCode what) {
    auto& clients = static_cast<HttpServer*>(self)->clients_;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *context = &clients.emplace_back(HttpServer::Client{info->connect_fd, std::chrono::steady_clock::now()});
    } else {
        clients.remove_if([context](const auto& client) { return &client == *context; });
    }
}

Result<std::unique_ptr<HttpServer>> HttpServer::make(EventLoop& loop, Paths paths) {
    std::unique_ptr<HttpServer> server(new HttpServer(std::move(paths)));
    server->loop_ = &loop;
    server->daemon_ = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, nullptr, nullptr, HttpCallbacks::answer, server.get(),
        MHD_OPTION_NOTIFY_CONNECTION, HttpCallbacks::notice, server.get(), MHD_OPTION_CONNECTION_LIMIT,
        static_cast<unsigned>(2 * kClients), MHD_OPTION_CONNECTION_MEMORY_LIMIT, kClientBytes, MHD_OPTION_END);
    if (server->daemon_ == nullptr) return Error{"the HTTP server does not start: no memory or no descriptors"};
    server->epoll_ = MHD_get_daemon_info(server->daemon_, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    auto timer = Timer::make(loop, [self = server.get()] { return self->work(); });
    if (!timer) return timer.error();
    server->timer_ = std::make_unique<Timer>(std::move(*timer));
    auto watched = loop.on_readable(server->epoll_, [self = server.get()] { return self->work(); });
    if (!watched) return watched.error();
    return server;
}

HttpServer::~HttpServer() {
    if (epoll_ >= 0) loop_->remove(epoll_);
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
}

void HttpServer::end_oldest() {
    ::shutdown(clients_.front().fd, SHUT_RDWR);
    clients_.front().since = std::chrono::steady_clock::now();  // as if new, until the library has found out
    clients_.splice(clients_.end(), clients_, clients_.begin());
}

void HttpServer::serve(UniqueFd connection) {
    sockaddr_storage from{};
    socklen_t size = sizeof(from);
    if (::getpeername(connection.get(), reinterpret_cast<sockaddr*>(&from), &size) != 0) return;
    if (clients_.size() >= kClients) end_oldest();
    const int fd = connection.release();
    MHD_add_connection(daemon_, fd, reinterpret_cast<const sockaddr*>(&from), size);  // closes it if it fails
    (void)work();
}

Result<> HttpServer::work() {
    const auto now = std::chrono::steady_clock::now();
    for (auto late = clients_.size(); late > 0 && clients_.front().since + kPatience <= now; --late) end_oldest();
    MHD_run(daemon_);
    if (clients_.empty()) {
        timer_->clear();
        return Ok{};
    }
    auto next = clients_.front().since + kPatience;
    MHD_UNSIGNED_LONG_LONG at_most = 0;  // milliseconds, when the library has something left to do
    if (MHD_get_timeout(daemon_, &at_most) == MHD_YES && at_most == 0) next = std::min(next, now);
    return timer_->set(next);
}

}  // namespace xdpmirror
