// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One line for each change, at /dev/log, whoever listens there; nothing if nobody does.
#include "loader/logging/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const Who kAlice{.login = "alice", .effective = "root", .unit = ""};

TEST(AuditLine, NamesEverything) {
    EXPECT_EQ(
        audit_line(kAlice, "reload", "eth0", "prod", std::string(64, 'a'), std::string(64, 'b'),
                   "done"),
        "command=reload interface=eth0 profile=prod who=\"alice as root\" before=aaaaaaaaaaaa "
        "after=bbbbbbbbbbbb result=done");
}

TEST(AuditLine, SaysWhereThereIsNoConfiguration) {
    EXPECT_EQ(audit_line({.login = "", .effective = "root", .unit = ""}, "detach", "eth0", "", "",
                         "", "failed: no"),
              "command=detach interface=eth0 profile=\"\" who=root before=none after=none "
              "result=\"failed: no\"");
}

TEST(AuditLine, StaysOneLineThatCannotBeForged) {
    EXPECT_EQ(audit_line(kAlice, "run", "eth0", "a\nb result=done\"", "", "", "done"),
              "command=run interface=eth0 profile=\"a\\nb result=done\\\"\" who=\"alice as root\" "
              "before=none "
              "after=none result=done");
}

// A /dev of its own, with somebody at /dev/log or without.
class AuditTest : public testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root: it mounts a /dev of its own";
        ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
        ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        ASSERT_EQ(::mount("tmpfs", "/dev", "tmpfs", 0, nullptr), 0);
        mounted_ = true;
    }
    void TearDown() override {
        if (mounted_) ::umount2("/dev", MNT_DETACH);
    }

    void listen() {
        log_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, "/dev/log");
        ASSERT_EQ(::bind(log_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    }

    // "" when there is none.
    std::string next() {
        std::array<char, 4096> room{};
        const auto bytes = ::recv(log_.get(), room.data(), room.size(), 0);
        return bytes < 0 ? "" : std::string(room.data(), static_cast<std::size_t>(bytes));
    }

    static std::string priority(int level) {
        return "<" + std::to_string(LOG_AUTHPRIV | level) + ">";
    }

    UniqueFd log_;
    bool mounted_ = false;
};

TEST_F(AuditTest, SaysWhatWasDone) {
    listen();
    {
        Audit audit("reload", "eth0", "prod");
        audit.was(std::string(64, 'a'));
        audit.becomes(std::string(64, 'b'));
        audit.done(Result<int>(3));
    }
    const auto line = next();
    EXPECT_THAT(line, StartsWith(priority(LOG_INFO)));
    EXPECT_THAT(line, HasSubstr("xdpmirror[" + std::to_string(::getpid()) +
                                "]: command=reload interface=eth0"));
    EXPECT_THAT(line, HasSubstr("before=aaaaaaaaaaaa after=bbbbbbbbbbbb result=done"));
    EXPECT_EQ(next(), "") << "a second line";
}

TEST_F(AuditTest, SaysWhatWasTried) {
    listen();
    {
        Audit audit("reload", "eth0", "prod");
        audit.was(std::string(64, 'a'));
        audit.becomes(std::string(64, 'b'));
        audit.done(Result<>(system_error("pin x", EPERM)));
    }
    const auto line = next();
    EXPECT_THAT(line, StartsWith(priority(LOG_WARNING)));
    EXPECT_THAT(
        line,
        HasSubstr("before=aaaaaaaaaaaa after=aaaaaaaaaaaa result=\"failed: pin x: Operation not "
                  "permitted\""));
    EXPECT_EQ(next(), "");
}

TEST_F(AuditTest, SaysThatNobodySaidHowItWent) {
    listen();
    { const Audit audit("attach", "eth0", "prod"); }
    EXPECT_THAT(next(), HasSubstr("result=interrupted"));
}

TEST_F(AuditTest, IsSilentWhereNobodyListens) {
    testing::internal::CaptureStderr();
    {
        Audit audit("attach", "eth0", "prod");
        audit.done(Result<>(Ok{}));
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace xdpmirror
