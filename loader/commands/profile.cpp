// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the commands share around profiles.
#include <fmt/core.h>

#include "config/plan.h"
#include "loader/commands/commands.h"

namespace xdpmirror {

void print_warning(const std::string& text) {
    fmt::print(stderr, "xdpmirror: warning: {}\n", text);
}

Result<Profile> load_named_profile(const std::string& name_or_path) {
    const auto environment = process_environment();
    auto profile =
        load_profile(name_or_path, profile_directories(environment), environment);
    if (!profile) return profile.error();
    for (const auto& warning : profile->warnings)
        print_warning(warning.position.text() + ": " + warning.what);
    for (const auto& warning : find_unreachable(profile->config))
        print_warning(warning.position.text() + ": " + warning.what);
    return profile;
}

}  // namespace xdpmirror
