// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Finding and reading profiles.
#include "config/files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

#include "config/messages.h"
#include "config/profile.h"
#include "config/suggest.h"

namespace xdpmirror {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 16 * 1024 * 1024;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string reason(int err) {
    return std::generic_category().message(err);
}

Error unreadable(const std::string& path, int err) {
    return configuration_error(say<Message::kFileUnreadable>(path, reason(err)));
}

std::vector<std::string> profiles_in(const std::vector<std::string>& directories) {
    std::vector<std::string> names;

    for (const std::string& directory : directories) {
        std::error_code fault;
        for (fs::directory_iterator entry(directory, fault), end; !fault && entry != end;
             entry.increment(fault)) {
            if (entry->path().extension() == ".yaml") {
                names.push_back(entry->path().stem().string());
            }
        }
    }
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;

    for (const std::string& word : words) {
        out += (out.empty() ? "" : ", ") + word;
    }
    return out;
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    };
}

bool is_profile_path(const std::string& name_or_path) {
    return name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".yaml") ||
           name_or_path.ends_with(".yml");
}

Result<std::string> find_profile(const std::string& name_or_path,
                                 const std::vector<std::string>& directories) {
    if (is_profile_path(name_or_path)) {
        return name_or_path;
    }
    for (const std::string& directory : directories) {
        std::error_code fault;
        const fs::path path = fs::path(directory) / (name_or_path + ".yaml");
        if (fs::exists(path, fault)) {
            return path.string();
        }
    }
    return configuration_error(say<Message::kProfileNotFound>(
        name_or_path, joined(directories),
        did_you_mean(name_or_path, profiles_in(directories), "known profiles")));
}

std::vector<std::string> profile_directories(const Environment& environment) {
    const auto chosen = environment("XDPMIRROR_CONFIG_DIR");
    std::vector<std::string> directories = {chosen && !chosen->empty() ? *chosen
                                                                       : "/etc/xdpmirror"};

    for (const char* directory : {XM_INSTALLED_PROFILES, XM_SOURCE_PROFILES}) {
        if (std::ranges::find(directories, directory) == directories.end()) {
            directories.emplace_back(directory);
        }
    }
    return directories;
}

Result<std::string> read_profile_text(const std::string& path) {
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
    std::array<char, 16384> chunk{};
    std::string text;

    if (!file) {
        const int err = errno;
        return unreadable(path, err);
    }
    while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), file.get())) {
        text.append(chunk.data(), got);
        if (text.size() > kLargestFile) {
            return error_at<Message::kFileTooLarge>(Position{path, 0, 0}, kLargestFile);
        }
    }
    if (std::ferror(file.get())) {
        const int err = errno;
        return unreadable(path, err);
    }
    return text;
}

std::string file_identity(const std::string& path) {
    std::error_code fault;
    const fs::path identity = fs::weakly_canonical(path, fault);

    return fault ? path : identity.string();
}

std::string directory_of(const std::string& path) {
    const std::string directory = fs::path(path).parent_path().string();

    return directory.empty() ? "." : directory;
}

std::string path_from(const std::string& directory, const std::string& path) {
    return directory == "." ? path : (fs::path(directory) / path).string();
}

}  // namespace xdpmirror
