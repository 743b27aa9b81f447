// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// GET over a new connection each time, since an old one says nothing about a program that takes no more.
// The body is counted and thrown away.
#include <curl/curl.h>
#include <fmt/core.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "loader/health/http_client.h"
#include "loader/health/question.h"
#include "loader/health/question_socket.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kMostBytes = 65536;  // of headers and body; docs/configuration.md says it

class HttpQuestion final : public Question {
  public:
    HttpQuestion(HttpClient& client, const IpAddress& address, const HttpCheck& check, Report report)
        : client_(client), family_(address.family), check_(check), report_(std::move(report)) {
        const bool ipv4 = family_ == Family::ipv4;
        url_ = fmt::format("http://{}{}{}:{}{}", ipv4 ? "" : "[", address.text(), ipv4 ? "" : "]",
                           check.port, check.path);
        if (!check_.host.empty())
            headers_ = curl_slist_append(nullptr, ("Host: " + check_.host).c_str());
    }
    HttpQuestion(const HttpQuestion&) = delete;
    HttpQuestion& operator=(const HttpQuestion&) = delete;
    ~HttpQuestion() override {
        give_up();
        if (easy_) curl_easy_cleanup(easy_);
        curl_slist_free_all(headers_);
    }

    void ask(const QuestionWay& way) override;
    void look() override { static_cast<void>(client_.act(fd_)); }
    void give_up() override {
        if (easy_) client_.remove(easy_);
    }

  private:
    void set_options();
    Outcome outcome(CURLcode code) const;
    Outcome judged() const;
    long status() const;
    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
    static int on_open(void* self, curl_socket_t fd, curlsocktype purpose);
    static int on_close(void* self, curl_socket_t fd);

    HttpClient& client_;
    Family family_;
    HttpCheck check_;
    Report report_;
    std::string url_;
    curl_slist* headers_ = nullptr;
    CURL* easy_ = nullptr;
    QuestionWay way_;
    std::size_t bytes_ = 0;
    bool in_body_ = false;
    int fd_ = CURL_SOCKET_TIMEOUT;  // of its connection, while there is one
    int refused_ = 0;  // errno of putting the socket on its way
    Blame blame_;
};

void HttpQuestion::set_options() {
    const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy_, option, value); };
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");  // none, whatever the environment says
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
    set(CURLOPT_USERAGENT, "xdpmirror");
    if (headers_) set(CURLOPT_HTTPHEADER, headers_);
    set(CURLOPT_HEADERFUNCTION, on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_SOCKOPTFUNCTION, on_open);
    set(CURLOPT_SOCKOPTDATA, this);
    set(CURLOPT_CLOSESOCKETFUNCTION, on_close);
    set(CURLOPT_CLOSESOCKETDATA, this);
}

void HttpQuestion::ask(const QuestionWay& way) {
    way_ = way;
    bytes_ = 0;
    in_body_ = false;
    refused_ = 0;
    blame_ = {};
    if (!easy_) {
        easy_ = curl_easy_init();
        if (!easy_) return report_({Outcome::Kind::unreachable, "out of memory"});
        set_options();
    }
    auto added = client_.add(easy_, [this](CURLcode code) { report_(outcome(code)); });
    if (!added) report_({Outcome::Kind::unreachable, one_line(added.error())});
}

long HttpQuestion::status() const {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

Outcome HttpQuestion::judged() const {
    const long code = status();
    const bool fits = std::ranges::any_of(check_.status, [code](const StatusRange& range) {
        return code >= range.first && code <= range.last;
    });
    if (fits) return {};
    return {Outcome::Kind::failed, fmt::format("HTTP {}", code)};
}

Outcome HttpQuestion::outcome(CURLcode code) const {
    long err = 0;
    switch (code) {
        case CURLE_OK:
            return judged();
        case CURLE_WRITE_ERROR:  // we have read enough
            if (in_body_) return judged();
            return {Outcome::Kind::failed, "more than 64 KiB of headers"};
        case CURLE_GOT_NOTHING:
            return {Outcome::Kind::failed, "closed without an answer"};
        case CURLE_PARTIAL_FILE:
            return {Outcome::Kind::failed, "closed within its answer"};
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
            return {Outcome::Kind::failed, "its answer is not HTTP"};
        case CURLE_COULDNT_CONNECT:
        case CURLE_ABORTED_BY_CALLBACK:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            err = refused_;
            if (err == 0) curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &err);
            if (err != 0) return outcome_of(static_cast<int>(err), blame_);
            break;
        default:
            break;
    }
    return {Outcome::Kind::failed, curl_easy_strerror(code)};
}

std::size_t HttpQuestion::on_header(char* /*bytes*/, std::size_t size, std::size_t count, void* self) {
    auto& read = static_cast<HttpQuestion*>(self)->bytes_;
    read += size * count;
    return read > kMostBytes ? 0 : size * count;
}

std::size_t HttpQuestion::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    static_cast<HttpQuestion*>(self)->in_body_ = true;
    return on_header(bytes, size, count, self);
}

int HttpQuestion::on_open(void* self, curl_socket_t fd, curlsocktype /*purpose*/) {
    auto& question = *static_cast<HttpQuestion*>(self);
    question.fd_ = fd;
    question.refused_ = set_way(fd, question.family_, question.way_);
    return question.refused_ == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

// The last moment to ask the socket who said so.
int HttpQuestion::on_close(void* self, curl_socket_t fd) {
    auto& question = *static_cast<HttpQuestion*>(self);
    question.blame_ = blame_of(fd);
    question.fd_ = CURL_SOCKET_TIMEOUT;
    return ::close(fd);
}

}  // namespace

std::unique_ptr<Question> make_http_question(HttpClient& client, const IpAddress& address,
                                             const HttpCheck& check, Question::Report report) {
    return std::make_unique<HttpQuestion>(client, address, check, std::move(report));
}

}  // namespace xdpmirror
