// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who asks: by the kernel's word before the environment's.
#include "loader/history/who.h"

#include <gtest/gtest.h>

#include <map>

namespace xdpmirror {
namespace {

struct WhoCase {
    const char* what;
    std::map<std::string, std::string> environment;
    const char* login_uid;
    const char* cgroup;
    const char* want;
};

constexpr const char* kNobody = "4294967295";
constexpr const char* kUnit = "0::/system.slice/system-xdpmirror.slice/xdpmirror@eth0.service\n";
constexpr const char* kSession = "0::/user.slice/user-1000.slice/session-3.scope\n";

const WhoCase kCases[] = {
    {"root without a login", {}, kNobody, "", "root"},
    {"root who logged in as root", {}, "0", kSession, "root"},
    {"the kernel remembers who logged in", {}, "1000", kSession, "alice as root"},
    {"sudo where the kernel does not", {{"SUDO_USER", "bob"}}, kNobody, kSession, "bob as root"},
    {"the kernel goes before sudo's variable",
     {{"SUDO_USER", "bob"}},
     "1000",
     kSession,
     "alice as root"},
    {"a user without a name", {}, "1234", kSession, "uid 1234 as root"},
    {"no login uid at all", {}, "", "", "root"},
    {"a unit", {{"INVOCATION_ID", "1"}}, kNobody, kUnit, "unit xdpmirror@eth0.service"},
    {"a shell below a unit is none", {}, kNobody, kUnit, "root"},
    {"a terminal of the user's manager is none",
     {{"INVOCATION_ID", "1"}},
     "1000",
     "0::/user.slice/user-1000.slice/user@1000.service\n",
     "alice as root"},
    {"the hierarchies of version 1",
     {{"INVOCATION_ID", "1"}},
     kNobody,
     "3:cpu:/\n1:name=systemd:/system.slice/xdpmirror@eth0.service\n",
     "unit xdpmirror@eth0.service"},
};

TEST(Who, IsKnownByTheProcess) {
    for (const auto& c : kCases) {
        const auto who = who_of({.environment =
                                     [&c](const std::string& name) {
                                         const auto found = c.environment.find(name);
                                         return found == c.environment.end()
                                                    ? std::nullopt
                                                    : std::optional<std::string>(found->second);
                                     },
                                 .login_uid = c.login_uid,
                                 .cgroup = c.cgroup,
                                 .effective_uid = 0,
                                 .user_name =
                                     [](std::uint32_t uid) {
                                         if (uid == 0) return std::optional<std::string>("root");
                                         if (uid == 1000)
                                             return std::optional<std::string>("alice");
                                         return std::optional<std::string>();
                                     }});
        EXPECT_EQ(who.text(), c.want) << c.what;
    }
}

TEST(Who, HasAtLeastAUser) {
    EXPECT_FALSE(who_asks().effective.empty());
}

}  // namespace
}  // namespace xdpmirror
