// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What collectors are asked. One question at a time, asked again and again, on an event loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "config/address.h"
#include "config/health.h"
#include "loader/daemon/event_loop.h"
#include "loader/health/outcome.h"

namespace xdpmirror {

class HttpClient;

// The way out that a question takes.
struct QuestionWay {
    std::string interface;   // empty: as the kernel routes
    std::uint32_t mark = 0;  // fwmark
};

class Question {
  public:
    // Last thing that a question does; it may be asked again in there.
    using Report = std::function<void(const Outcome&)>;

    virtual ~Question() = default;

    // Reports once, perhaps before it returns, unless given up.
    virtual void ask(const QuestionWay& way) = 0;
    // Reports if the answer is there and nobody has read it yet.
    virtual void look() = 0;
    // Reports nothing any more.
    virtual void give_up() = 0;
    // What no answer in time means.
    virtual Outcome::Kind silence() const { return Outcome::Kind::failed; }
};

// Borrows loop and client, which must outlive it.
std::unique_ptr<Question> make_tcp_question(EventLoop& loop, const IpAddress& address,
                                            const TcpCheck& check, Question::Report report);
std::unique_ptr<Question> make_udp_question(EventLoop& loop, const IpAddress& address,
                                            const UdpCheck& check, Question::Report report);
std::unique_ptr<Question> make_icmp_question(EventLoop& loop, const IpAddress& address,
                                             std::uint16_t id, Question::Report report);
std::unique_ptr<Question> make_http_question(HttpClient& client, const IpAddress& address,
                                             const HttpCheck& check, Question::Report report);

}  // namespace xdpmirror
