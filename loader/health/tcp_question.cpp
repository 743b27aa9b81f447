// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Whether a connection is taken. It is closed at once, by FIN: a reset would be an error in the
// collector's log.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "loader/health/question.h"
#include "loader/health/question_socket.h"

namespace xdpmirror {
namespace {

class TcpQuestion final : public Question {
  public:
    TcpQuestion(EventLoop& loop, const IpAddress& address, std::uint16_t port, Report report)
        : loop_(loop), address_(address), port_(port), report_(std::move(report)) {}
    ~TcpQuestion() override { give_up(); }

    void ask(const QuestionWay& way) override {
        int err = 0;
        socket_ = connected_socket(address_, port_, SOCK_STREAM, IPPROTO_TCP, way, err);
        if (!socket_) return report_(outcome_of(err));
        if (err == 0) return end({});
        auto watched = loop_.watch(socket_.get(), false, true, [this]() -> Result<> {
            connected();
            return Ok{};
        });
        if (!watched) end({Outcome::Kind::unreachable, one_line(watched.error())});
    }

    void look() override {
        if (!socket_) return;
        pollfd what{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
        if (::poll(&what, 1, 0) > 0) connected();
    }

    void give_up() override {
        if (!socket_) return;
        loop_.remove(socket_.get());
        socket_.reset();
    }

  private:
    void connected() {
        if (const int err = error_of(socket_.get()); err != 0)
            return end(outcome_of(err, blame_of(socket_.get())));
        end({});
    }

    void end(const Outcome& outcome) {
        give_up();
        report_(outcome);
    }

    EventLoop& loop_;
    IpAddress address_;
    std::uint16_t port_;
    Report report_;
    UniqueFd socket_;
};

}  // namespace

std::unique_ptr<Question> make_tcp_question(EventLoop& loop, const IpAddress& address,
                                            const TcpCheck& check, Question::Report report) {
    return std::make_unique<TcpQuestion>(loop, address, check.port, std::move(report));
}

}  // namespace xdpmirror
