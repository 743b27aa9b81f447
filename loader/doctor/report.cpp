// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/doctor/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;

constexpr Level kLevels[] = {Level::error, Level::warning, Level::note, Level::ok};

std::ptrdiff_t count(const Findings& findings, Level level) {
    return std::count_if(findings.begin(), findings.end(),
                         [level](const Finding& one) { return one.level == level; });
}

std::string sums(const Findings& findings) {
    std::string text;
    for (const auto level : kLevels) {
        const auto number = count(findings, level);
        const char* plural = level != Level::ok && number != 1 ? "s" : "";
        text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", number, to_text(level), plural);
    }
    return text;
}

std::string profile_of(const Facts& facts) {
    return facts.profile ? "profile " + facts.profile->name : "no profile";
}

}  // namespace

std::string doctor_text(const Facts& facts, const Findings& findings,
                        const std::vector<Applied>& applied) {
    std::string text = fmt::format("{}: {}, Linux {}\n", facts.ingress.link.name, profile_of(facts),
                                   facts.kernel.release);
    for (const auto& one : applied) {
        if (one.error.empty())
            text += fmt::format("applied  {}\n", command_of(one.change));
        else
            text += fmt::format("REFUSED  {}\n", one.error);
    }
    for (const auto& one : findings) {
        text += fmt::format("{:<8} {:<16} {}: {}\n",
                            one.level == Level::error ? "ERROR" : to_text(one.level), one.id,
                            one.subject, one.found);
        if (one.level == Level::ok) continue;
        text += fmt::format("{:25} why: {}\n", "", one.why);
        text +=
            fmt::format("{:25} fix: {}{}\n", "", one.fix, one.change ? "   [--apply does it]" : "");
    }
    return text + sums(findings) + "\n";
}

Json doctor_json(const Facts& facts, const Findings& findings,
                 const std::vector<Applied>& applied) {
    Json list = Json::array();
    for (const auto& one : findings) {
        list.push_back({{"id", one.id},
                        {"subject", one.subject},
                        {"level", to_text(one.level)},
                        {"found", one.found},
                        {"why", one.why},
                        {"fix", one.fix},
                        {"apply", one.change.has_value()}});
    }
    Json done = Json::array();
    for (const auto& one : applied) {
        Json entry = {{"command", command_of(one.change)}, {"done", one.error.empty()}};
        if (!one.error.empty()) entry["error"] = one.error;
        done.push_back(entry);
    }
    Json json = {{"interface", facts.ingress.link.name}, {"kernel", facts.kernel.release}};
    json["profile"] = facts.profile ? Json(facts.profile->name) : Json(nullptr);
    json["errors"] = count(findings, Level::error);
    json["warnings"] = count(findings, Level::warning);
    json["notes"] = count(findings, Level::note);
    json["applied"] = done;
    json["findings"] = list;
    return json;
}

}  // namespace xdpmirror
