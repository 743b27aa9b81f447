// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A raw socket for each question: connected, and with a filter, so that hundreds of them do not each
// read what the others are answered.
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "loader/echo.h"
#include "loader/health/datagram_question.h"

namespace xdpmirror {
namespace {

// Echo replies only; errors come by IP_RECVERR.
void let_in_replies(int socket, Family family) {
    if (family == Family::ipv4) {
        icmp_filter filter{.data = ~(1U << ICMP_ECHOREPLY)};
        ::setsockopt(socket, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
        return;
    }
    icmp6_filter filter{};
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    ::setsockopt(socket, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
}

class IcmpQuestion final : public DatagramQuestion {
  public:
    IcmpQuestion(EventLoop& loop, const IpAddress& address, std::uint16_t id, Report report)
        : DatagramQuestion(loop, address, std::move(report)), id_(id) {}

    void ask(const QuestionWay& way) override {
        const int protocol =
            address().family == Family::ipv4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
        int err = 0;
        auto socket = connected_socket(address(), 0, SOCK_RAW, protocol, way, err);
        if (socket) let_in_replies(socket.get(), address().family);
        const auto echo = echo_request(address().family, id_, ++sequence_);
        send(std::move(socket), err, echo);
    }

  private:
    bool is_answer(std::span<const std::uint8_t> bytes) const override {
        return is_echo_reply(bytes.data(), bytes.size(), address().family, id_, sequence_);
    }

    std::uint16_t id_;
    std::uint16_t sequence_ = 0;
};

}  // namespace

std::unique_ptr<Question> make_icmp_question(EventLoop& loop, const IpAddress& address,
                                             std::uint16_t id, Question::Report report) {
    return std::make_unique<IcmpQuestion>(loop, address, id, std::move(report));
}

}  // namespace xdpmirror
