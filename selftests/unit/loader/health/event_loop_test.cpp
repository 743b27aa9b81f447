// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Descriptors that come and go while callbacks run, and timers that are set anew.
#include "loader/daemon/event_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "loader/daemon/timer.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

struct Pair {
    UniqueFd here, there;
};

Pair make_pair_of_sockets() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0);
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

class Loop : public testing::Test {
  protected:
    EventLoop::Callback stop() {
        return [this]() -> Result<> {
            loop_.stop();
            return Ok{};
        };
    }

    EventLoop loop_ = std::move(*EventLoop::make());
};

TEST_F(Loop, WhatCanBeWrittenToIsCalled) {
    const auto pair = make_pair_of_sockets();
    ASSERT_TRUE(loop_.watch(pair.here.get(), false, true, stop()));
    EXPECT_TRUE(loop_.run());
}

TEST_F(Loop, AWatchReplacesTheOneBefore) {
    const auto pair = make_pair_of_sockets();
    ASSERT_TRUE(loop_.watch(pair.here.get(), false, true,
                            []() -> Result<> { return Error{"the old one"}; }));
    ASSERT_TRUE(loop_.on_readable(pair.here.get(), stop()));
    ASSERT_EQ(::write(pair.there.get(), "x", 1), 1);
    EXPECT_TRUE(loop_.run());
}

TEST_F(Loop, ACallbackMayRemoveItself) {
    const auto pair = make_pair_of_sockets();
    const auto other = make_pair_of_sockets();
    int calls = 0;
    const std::string kept(1000, 'x');
    std::size_t seen = 0;
    ASSERT_TRUE(loop_.watch(pair.here.get(), false, true, [&, kept]() -> Result<> {
        loop_.remove(pair.here.get());
        ++calls;
        seen = kept.size();  // still there
        return Ok{};
    }));
    ASSERT_TRUE(loop_.watch(other.here.get(), false, true, [&]() -> Result<> {
        if (calls > 0) loop_.stop();
        return Ok{};
    }));
    EXPECT_TRUE(loop_.run());
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(seen, 1000U);
}

// Two are ready at once; the first closes both, and takes their numbers for descriptors that are not ready.
TEST_F(Loop, AReadyDescriptorIsNotMistakenForItsSuccessor) {
    auto one = make_pair_of_sockets();
    auto two = make_pair_of_sockets();
    Pair successor;
    const int numbers[] = {one.here.get(), two.here.get()};
    int calls = 0;
    for (const int fd : numbers) {
        ASSERT_TRUE(loop_.watch(fd, false, true, [&]() -> Result<> {
            ++calls;
            for (const int each : numbers) loop_.remove(each);
            one.here.reset();
            two.here.reset();
            successor = make_pair_of_sockets();
            for (const int each : numbers) {
                auto watched = loop_.on_readable(
                    each, []() -> Result<> { return Error{"there is nothing to read"}; });
                if (!watched) return watched;
            }
            return loop_.watch(one.there.get(), true, false, stop());  // closed by its peer
        }));
    }
    const auto done = loop_.run();
    EXPECT_TRUE(done) << one_line(done.error());
    EXPECT_EQ(calls, 1);
    const auto taken = [&](int fd) { return fd == numbers[0] || fd == numbers[1]; };
    EXPECT_TRUE(taken(successor.here.get()) && taken(successor.there.get())) << "or nothing was tried";
}

TEST_F(Loop, ATimerThatHasPassedIsCalledOnce) {
    int calls = 0;
    auto timer = Timer::make(loop_, [&]() -> Result<> {
        ++calls;
        return Ok{};
    });
    auto end = Timer::make(loop_, stop());
    ASSERT_TRUE(timer && end);
    ASSERT_TRUE(timer->set(Timer::Time{}));
    ASSERT_TRUE(end->set(Timer::Time::clock::now() + 20ms));
    EXPECT_TRUE(loop_.run());
    EXPECT_EQ(calls, 1);
}

TEST_F(Loop, ATimerIsSetAnewAndCleared) {
    const auto fail = []() -> Result<> { return Error{"too early"}; };
    auto later = Timer::make(loop_, fail);
    auto never = Timer::make(loop_, fail);
    auto end = Timer::make(loop_, stop());
    ASSERT_TRUE(later && never && end);
    ASSERT_TRUE(later->set(Timer::Time{}) && later->set(Timer::Time::clock::now() + 1h));
    ASSERT_TRUE(never->set(Timer::Time{}));
    never->clear();
    ASSERT_TRUE(end->set(Timer::Time::clock::now() + 20ms));
    const auto done = loop_.run();
    EXPECT_TRUE(done);
}

}  // namespace
}  // namespace xdpmirror
