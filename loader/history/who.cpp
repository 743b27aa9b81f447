// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/history/who.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace xdpmirror {
namespace {

constexpr std::uint32_t kNoLogin = 0xffffffff;

std::string text_of(const char* path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::optional<std::string> name_of(std::uint32_t uid) {
    std::array<char, 4096> room{};
    passwd entry{};
    passwd* found = nullptr;

    if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) != 0 || found == nullptr)
        return std::nullopt;
    return std::string(found->pw_name);
}

std::string user_of(const ProcessFacts& facts, std::uint32_t uid) {
    return facts.user_name(uid).value_or("uid " + std::to_string(uid));
}

// The kernel's word goes before that of the environment, which whoever is root can set.
std::string login_of(const ProcessFacts& facts) {
    std::uint32_t uid = kNoLogin;
    const auto& text = facts.login_uid;
    std::from_chars(text.data(), text.data() + text.size(), uid);
    if (uid != kNoLogin) return user_of(facts, uid);
    return facts.environment("SUDO_USER").value_or("");
}

// The last *.service in the path of the cgroup. INVOCATION_ID alone would not do: a terminal has
// it, too.
std::string unit_of(const ProcessFacts& facts) {
    if (!facts.environment("INVOCATION_ID")) return {};
    std::istringstream lines(facts.cgroup);
    for (std::string line; std::getline(lines, line);) {
        const auto name = line.substr(line.rfind('/') + 1);
        if (name.ends_with(".service") && !name.starts_with("user@")) return name;
    }
    return {};
}

}  // namespace

std::string Who::text() const {
    if (!unit.empty()) return "unit " + unit;
    return login.empty() || login == effective ? effective : login + " as " + effective;
}

Who who_of(const ProcessFacts& facts) {
    return {.login = login_of(facts),
            .effective = user_of(facts, facts.effective_uid),
            .unit = unit_of(facts)};
}

Who who_asks() {
    return who_of({.environment =
                       [](const std::string& name) {
                           const char* value = std::getenv(name.c_str());
                           return value == nullptr ? std::nullopt
                                                   : std::optional<std::string>(value);
                       },
                   .login_uid = text_of("/proc/self/loginuid"),
                   .cgroup = text_of("/proc/self/cgroup"),
                   .effective_uid = ::geteuid(),
                   .user_name = name_of});
}

}  // namespace xdpmirror
