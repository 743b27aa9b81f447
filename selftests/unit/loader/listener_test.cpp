// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A port that is opened, closed and opened again, and one that has no descriptors left.
#include "loader/ready/listener.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loader/socket_address.h"

namespace xdpmirror::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPort = 9437;

// Every process has a loopback address to itself, and with it every port.
ListenAddress own_address() {
    const auto pid = static_cast<std::uint32_t>(::getpid());
    IpAddress address{.family = Family::ipv4, .bytes = {}};
    address.bytes[0] = 127;
    for (std::size_t i = 1; i < 4; ++i) address.bytes[i] = static_cast<std::uint8_t>(pid >> (8 * (3 - i)));
    return {address, kPort};
}

class ListenerTest : public testing::Test {
  protected:
    ListenerTest() : loop_(std::move(*EventLoop::make())) {
        auto bound = bind_listener(at_, "ready");
        EXPECT_TRUE(bound) << bound.error().what;
        listener_ = std::make_unique<Listener>(loop_, at_, std::move(*bound), "ready",
                                               [this](UniqueFd) {
                                                   ++taken_;
                                                   loop_.stop();
                                               });
    }

    // 0, or why not.
    int connect(const UniqueFd& client) const {
        socklen_t size = 0;
        const auto to = socket_address(at_.address, at_.port, size);
        return ::connect(client.get(), reinterpret_cast<const sockaddr*>(&to), size) == 0 ? 0 : errno;
    }
    static UniqueFd client() { return UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

    EventLoop loop_;
    const ListenAddress at_ = own_address();
    int taken_ = 0;
    std::unique_ptr<Listener> listener_;
};

TEST_F(ListenerTest, RefusesUntilItIsOpenAndWhenItIsClosed) {
    EXPECT_EQ(connect(client()), ECONNREFUSED);
    for (int i = 1; i <= 3; ++i) {
        ASSERT_TRUE(listener_->open());
        const auto taken = client();
        EXPECT_EQ(connect(taken), 0);
        ASSERT_TRUE(loop_.run());
        EXPECT_EQ(taken_, i);
        listener_->close();
        EXPECT_EQ(connect(client()), ECONNREFUSED);
    }
}

TEST_F(ListenerTest, WhoWaitsIsRefusedToo) {
    ASSERT_TRUE(listener_->open());
    const auto waits = client();
    EXPECT_EQ(connect(waits), 0);
    listener_->close();
    char byte = 0;
    EXPECT_EQ(::recv(waits.get(), &byte, 1, MSG_DONTWAIT), -1);
    EXPECT_EQ(errno, ECONNRESET);
    EXPECT_EQ(taken_, 0);
}

TEST_F(ListenerTest, ThePortStaysOurs) {
    ASSERT_TRUE(listener_->open());
    listener_->close();
    const UniqueFd other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    socklen_t size = 0;
    const auto at = socket_address(at_.address, at_.port, size);
    EXPECT_NE(::bind(other.get(), reinterpret_cast<const sockaddr*>(&at), size), 0);
}

TEST_F(ListenerTest, SomebodyElsesPortIsAnError) {
    ASSERT_TRUE(listener_->open());
    const auto second = bind_listener(at_, "ready");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().what, "cannot listen on " + at_.text() +
                                       ": another process has the port; see which by: ss -ltnp sport = :9437; "
                                       "end it, or take another port in 'ready'");
}

// Of descriptors; nobody else in this process needs one meanwhile.
TEST_F(ListenerTest, GoesOnWhenThereAreDescriptorsAgain) {
    ASSERT_TRUE(listener_->open());
    ASSERT_TRUE(loop_.every(1ms, [this]() -> Result<> {
        loop_.stop();
        return Ok{};
    }));
    const auto waits = client();
    EXPECT_EQ(connect(waits), 0);
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const UniqueFd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const rlimit none{.rlim_cur = static_cast<rlim_t>(next.get()) + 1, .rlim_max = before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(loop_.run());
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(taken_, 0);
    ASSERT_TRUE(listener_->open());
    for (int i = 0; i < 1000 && taken_ == 0; ++i) ASSERT_TRUE(loop_.run());
    EXPECT_EQ(taken_, 1);
}

}  // namespace
}  // namespace xdpmirror::test
