// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Two machines with two cables between them: this process (e0, e1) and a neighbour (p0, p1), each
// in a network namespace without a name, which the kernel removes when this process is gone.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "config/address.h"
#include "loader/link.h"
#include "loader/neighbour.h"
#include "loader/netlink_socket.h"
#include "loader/next_hop.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

IpAddress ip(const std::string& text);
MacAddress mac(const std::string& text);
std::string message(const Error& error);  // as the operator reads it

// A network namespace that exists as long as this.
class Namespace {
  public:
    static Namespace current();
    static Namespace make();  // and leaves this thread in it
    void enter() const;
    std::string path() const;  // by which other processes can name it
    bool is_open() const { return static_cast<bool>(fd_); }

  private:
    explicit Namespace(int fd) : fd_(fd) {}
    UniqueFd fd_;
};

class NetworkTest : public ::testing::Test {
  protected:
    void SetUp() override;

    // A command line here or at the neighbour; the test fails when it fails.
    void here(const std::string& command);
    void there(const std::string& command);
    // Whether this kernel can do it at all.
    bool can(const std::string& command);

    NetlinkSocket& socket() { return *socket_; }
    LinkInfo link(const std::string& name);
    MacAddress mac_there(const std::string& name);

    struct Outcome {
        NextHop hop{};
        std::string error{};  // empty: resolved
        std::chrono::milliseconds took{};
        // "02:.. via 10.2.0.1", or the error.
        std::string text() const;
    };
    Outcome resolve(const std::string& egress, const NextHopChoice& choice,
                    const std::string& collector,
                    std::chrono::milliseconds timeout = std::chrono::seconds{3});
    Outcome resolve(const std::string& egress, const std::string& collector) {
        return resolve(egress, NextHopAuto{}, collector);
    }
    std::optional<Neighbour> neighbour(const std::string& interface, const std::string& address);

    // Where there() is; a test may keep it to keep its cables.
    std::optional<Namespace> neighbour_namespace;

  private:
    std::optional<NetlinkSocket> socket_;
};

}  // namespace xdpmirror
