// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Profile file to Config: find, parse, extend, expand, check. Pure but for reading files and the
// environment. Every error is one line "file:line:column: thing and cure" of kind configuration.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "maps/result.h"

namespace xdpmirror {

// Looks up an environment variable; injected so that tests need not change the process.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
Environment process_environment();

struct Profile {
    Config config;
    std::vector<Warning> warnings;
    std::string effective_json;  // the resolved profile in the profile's own vocabulary
};

// A name ("prod") is searched as NAME.yaml in the directories, in order; anything with a slash or
// ending in .yaml/.yml is a path.
Result<std::string> find_profile(const std::string& name_or_path,
                                 const std::vector<std::string>& directories);

// The directories searched: $XDPMIRROR_CONFIG_DIR if set, else /etc/xdpmirror, then the installed
// and the source tree's config/.
std::vector<std::string> profile_directories(const Environment& environment);

Result<Profile> load_profile(const std::string& name_or_path,
                             const std::vector<std::string>& directories,
                             const Environment& environment);

// The effective JSON of a profile, which an attachment and its history carry, with the name and the path that it
// was loaded by.
Result<Profile> parse_effective_profile(const std::string& text, const std::string& name, const std::string& path);

// A profile from text, for tests. `file` only names it in messages.
Result<Profile> parse_profile(const std::string& text, const std::string& file,
                              const Environment& environment);

// The JSON Schema that profiles are checked against.
const std::string& profile_schema();

// The effective profile as YAML, for `config show`.
std::string to_yaml(const Profile& profile);

}  // namespace xdpmirror
