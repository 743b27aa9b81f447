// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// From a profile's name to its values: read, extend, expand, check against the schema, read the
// parts, check them against each other.
#include "config/profile.h"

#include <filesystem>

#include "config/check.h"
#include "config/effective.h"
#include "config/expand.h"
#include "config/files.h"
#include "config/json_tree.h"
#include "config/messages.h"
#include "config/profile_tree.h"
#include "config/read.h"
#include "config/schema.h"
#include "maps/layout.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kLargestProfile = std::size_t{XM_PROFILE_CHUNK} * XM_PROFILE_CHUNKS;

Result<Profile> profile_of(const Result<Node>& root, const std::string& file) {
    Profile profile;

    if (!root) {
        return root.error();
    }
    auto config = read_config(*root, profile.warnings);
    if (!config) {
        return config.error();
    }
    if (auto done = check_references(*config, *root); !done) {
        return done.error();
    }
    profile.effective_json = effective_json(*root);
    if (profile.effective_json.size() > kLargestProfile) {
        return error_at<Message::kFileTooLarge>(Position{file, 0, 0}, kLargestProfile);
    }
    profile.config = *std::move(config);
    profile.config.path = file;
    return profile;
}

Result<Profile> parse(const std::string& text, const std::string& file,
                      const std::vector<std::string>& directories, const Environment& environment) {
    return profile_of(read_profile_tree(text, file, directories, environment), file);
}

// The text has nothing to expand, but what was escaped against it.
Result<Node> read_effective_tree(const std::string& text, const std::string& file) {
    const Environment none = [](const std::string&) { return std::nullopt; };
    auto root = read_json_tree(text, file);

    if (!root) {
        return root;
    }
    if (auto done = expand_variables(*root, none); !done) {
        return done.error();
    }
    if (auto done = check_schema(*root, profile_schema()); !done) {
        return done.error();
    }
    return root;
}

}  // namespace

Result<Profile> parse_effective_profile(const std::string& text, const std::string& name, const std::string& path) {
    auto profile = profile_of(read_effective_tree(text, name), name);

    if (profile) {
        profile->config.name = name;
        profile->config.path = path;
    }
    return profile;
}

Result<Profile> parse_profile(const std::string& text, const std::string& file,
                              const Environment& environment) {
    auto profile = parse(text, file, {}, environment);

    if (profile) {
        profile->config.name = std::filesystem::path(file).stem().string();
    }
    return profile;
}

Result<Profile> load_profile(const std::string& name_or_path,
                             const std::vector<std::string>& directories,
                             const Environment& environment) {
    auto path = find_profile(name_or_path, directories);
    if (!path) {
        return path.error();
    }
    auto text = read_profile_text(*path);
    if (!text) {
        return text.error();
    }
    auto profile = parse(*text, *path, directories, environment);
    if (profile) {
        profile->config.name = name_or_path;
    }
    return profile;
}

}  // namespace xdpmirror
