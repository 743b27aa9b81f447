// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// An empty datagram, since flow collectors skip it before they look at a version: nfcapd without a line in
// its log, where one byte would be a "data length error" each time.
#include <netinet/in.h>
#include <sys/socket.h>

#include "loader/health/datagram_question.h"

namespace xdpmirror {
namespace {

class UdpQuestion final : public DatagramQuestion {
  public:
    UdpQuestion(EventLoop& loop, const IpAddress& address, std::uint16_t port, Report report)
        : DatagramQuestion(loop, address, std::move(report)), port_(port) {}

    void ask(const QuestionWay& way) override {
        int err = 0;
        auto socket = connected_socket(address(), port_, SOCK_DGRAM, IPPROTO_UDP, way, err);
        send(std::move(socket), err, {});
    }

    Outcome::Kind silence() const override { return Outcome::Kind::answered; }

  private:
    bool is_answer(std::span<const std::uint8_t> /*bytes*/) const override { return true; }

    std::uint16_t port_;
};

}  // namespace

std::unique_ptr<Question> make_udp_question(EventLoop& loop, const IpAddress& address,
                                            const UdpCheck& check, Question::Report report) {
    return std::make_unique<UdpQuestion>(loop, address, check.port, std::move(report));
}

}  // namespace xdpmirror
