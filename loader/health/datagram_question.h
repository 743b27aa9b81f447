// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What UDP and ICMP have in common: one datagram out, and what comes back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "loader/health/question.h"
#include "loader/health/question_socket.h"

namespace xdpmirror {

class DatagramQuestion : public Question {
  public:
    DatagramQuestion(EventLoop& loop, const IpAddress& address, Report report)
        : loop_(loop), address_(address), report_(std::move(report)) {}
    ~DatagramQuestion() override { close(); }

    void look() override { heard(); }
    void give_up() override { close(); }

  protected:
    const IpAddress& address() const { return address_; }
    // `err` is errno of making the socket.
    void send(UniqueFd socket, int err, std::span<const std::uint8_t> bytes);
    virtual bool is_answer(std::span<const std::uint8_t> bytes) const = 0;

  private:
    void heard();
    void refused(int err);
    void end(const Outcome& outcome);
    void close();

    EventLoop& loop_;
    IpAddress address_;
    Report report_;
    UniqueFd socket_;
};

}  // namespace xdpmirror
