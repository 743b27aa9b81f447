// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// libFuzzer over the reading of profiles: no text may crash it, hang it, or get an error or a
// warning that is not one line with a place; what is accepted must survive being printed and read
// again.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <regex>
#include <string>

#include "config/plan.h"
#include "config/profile.h"

namespace {

using namespace xdpmirror;

// Kept from the machine's own files: a device would be read to its end.
bool names_a_device(const std::string& text) {
    return text.find("/dev") != std::string::npos || text.find("/proc") != std::string::npos;
}

std::optional<std::string> variable(const std::string& name) {
    if (name == "PORT") return "8081";
    if (name == "VNI") return "4242";
    if (name == "NAME") return "fdi";
    if (name == "ADDRESS") return "2001:db8::1";
    if (name == "ODD") return "a: [\n${PORT} 'b";
    if (name == "EMPTY") return "";
    return std::nullopt;
}

[[noreturn]] void fail(const char* what, const std::string& text) {
    std::fprintf(stderr, "%s: %s\n", what, text.c_str());
    std::abort();
}

void check_line(const std::string& line, const char* what) {
    static const std::regex kPlace(R"([^:\n]+:[1-9][0-9]*:[1-9][0-9]*: [^\n]+)");
    // an expression that walks back is no match for long lines
    if (!std::regex_match(line.substr(0, 200), kPlace) || line.find('\n') != std::string::npos)
        fail(what, line);
}

void check_error(const Error& error, const char* what) {
    check_line(error.what, what);
    if (error.kind != ErrorKind::configuration || error.code) fail("kind of error", error.what);
}

void check_again(const std::string& text, const std::string& want, const char* what) {
    auto again = parse_profile(text, "again.yaml", variable);
    if (!again) fail(what, again.error().what + "\n" + text);
    if (again->effective_json != want) fail(what, want + "\nis not\n" + again->effective_json);
}

void check(const std::string& text) {
    auto profile = parse_profile(text, "fuzz.yaml", variable);
    if (!profile) return check_error(profile.error(), "error");
    auto warnings = profile->warnings;
    const auto unreachable = find_unreachable(profile->config);
    warnings.insert(warnings.end(), unreachable.begin(), unreachable.end());
    for (const Warning& warning : warnings)
        check_line(warning.position.text() + ": " + warning.what, "warning");
    if (auto plan = make_plan(profile->config); !plan) check_error(plan.error(), "plan");
    check_again(profile->effective_json, profile->effective_json, "the effective profile");
    check_again(to_yaml(*profile), profile->effective_json, "the profile as YAML");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (names_a_device(text)) return -1;
    check(text);
    return 0;
}
