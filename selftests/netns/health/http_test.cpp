// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What servers answer to GET, well and badly.
#include <fmt/core.h>
#include <sys/socket.h>

#include <cstdlib>

#include "prober_test.h"
#include "server.h"

namespace xdpmirror {
namespace {

class Http : public ProberTest {
  protected:
    void expect(Server::Act act, HealthStatus status, const std::string& why,
                std::vector<StatusRange> good = {StatusRange{}}) {
        Server server(loop(), "127.0.0.1", std::move(act));
        start({target("a", "127.0.0.1", HttpCheck{.port = server.port(), .status = std::move(good)})});
        await("a", status, why);
        EXPECT_GE(server.clients(), 2U) << "a new connection each time";
    }
};

std::string with_status(const std::string& status, const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n" + headers + "\r\nok";
}

TEST_F(Http, Good) {
    expect(answer(with_status("200 OK")), HealthStatus::up, "");
}

TEST_F(Http, GoodWithoutALength) {
    expect(answer("HTTP/1.0 200 OK\r\n\r\nhello"), HealthStatus::up, "");
}

TEST_F(Http, WrongStatus) {
    expect(answer(with_status("503 Unavailable")), HealthStatus::down, "HTTP 503");
}

TEST_F(Http, StatusBesideTheRange) {
    expect(answer(with_status("204 No Content")), HealthStatus::down, "HTTP 204", {{200, 203}, {205, 299}});
}

TEST_F(Http, StatusInTheSecondRange) {
    expect(answer(with_status("404 Not Found")), HealthStatus::up, "", {{200, 200}, {400, 499}});
}

TEST_F(Http, ARedirectIsNotFollowed) {
    Server other(loop(), "127.0.0.1", answer(with_status("200 OK")));
    expect(answer(with_status("301 Moved",
                              fmt::format("Location: http://127.0.0.1:{}/\r\n", other.port()))),
           HealthStatus::down, "HTTP 301");
    EXPECT_EQ(other.clients(), 0U);
}

TEST_F(Http, NoAnswer) {
    expect({}, HealthStatus::down, "no answer within 100ms");
}

TEST_F(Http, AnAnswerThatNeverEnds) {
    expect([](int fd, const std::string&) {
        const std::string begin = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbeg";
        ::send(fd, begin.data(), begin.size(), MSG_NOSIGNAL);
        return false;
    }, HealthStatus::down, "no answer within 100ms");
}

TEST_F(Http, Garbage) {
    expect(answer("220 smtp.example ESMTP\r\n"), HealthStatus::down, "its answer is not HTTP");
}

TEST_F(Http, BinaryGarbage) {
    expect(answer(std::string("\x16\x03\x01\0\0\xff\n\n", 8)), HealthStatus::down,
           "its answer is not HTTP");
}

TEST_F(Http, ItHangsUpAtOnce) {
    expect(answer(""), HealthStatus::down, "closed without an answer");
}

TEST_F(Http, ItHangsUpTooEarly) {
    expect(answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbeg"), HealthStatus::down,
           "closed within its answer");
}

TEST_F(Http, ItResets) {
    expect([](int fd, const std::string&) {
        const linger reset{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        return true;
    }, HealthStatus::down, "connection reset");
}

TEST_F(Http, OfALongBodyTheBeginningIsEnough) {
    expect([](int fd, const std::string&) {
        const std::string text = "HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x');
        ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        return false;  // and does not hang up
    }, HealthStatus::up, "");
}

TEST_F(Http, HeadersWithoutEnd) {
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 3000; ++i) text += fmt::format("X-{}: {}\r\n", i, std::string(20, 'x'));
    expect(answer(text), HealthStatus::down, "more than 64 KiB of headers");
}

TEST_F(Http, TheRequest) {
    Server server(loop(), "127.0.0.1", answer(with_status("200 OK")));
    start({target("a", "127.0.0.1",
                  HttpCheck{server.port(), "/a/../b?c=d", "flows.example", {StatusRange{}}})});
    await("a", HealthStatus::up, "");
    EXPECT_EQ(server.heard()[0],
              "GET /a/../b?c=d HTTP/1.1\r\nHost: flows.example\r\nUser-Agent: xdpmirror\r\n"
              "Accept: */*\r\n\r\n");
}

TEST_F(Http, TheRequestOverIpv6) {
    Server server(loop(), "::1", answer(with_status("200 OK")));
    start({target("a", "::1", HttpCheck{.port = server.port()})});
    await("a", HealthStatus::up, "");
    EXPECT_NE(server.heard()[0].find(fmt::format("Host: [::1]:{}\r\n", server.port())),
              std::string::npos)
        << server.heard()[0];
}

TEST_F(Http, NoProxyIsAsked) {
    Server proxy(loop(), "127.0.0.1", answer(with_status("200 OK")));
    const auto at = fmt::format("http://127.0.0.1:{}", proxy.port());
    for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::setenv(name, at.c_str(), 1);
    expect(answer(with_status("503 Unavailable")), HealthStatus::down, "HTTP 503");
    for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
    EXPECT_EQ(proxy.clients(), 0U);
}

}  // namespace
}  // namespace xdpmirror
