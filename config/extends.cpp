// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The chain of `extends`, walked from the profile that was named to its last base.
#include "config/extends.h"

#include <algorithm>

#include "config/expand.h"
#include "config/files.h"
#include "config/messages.h"
#include "config/yaml.h"

namespace xdpmirror {
namespace {

constexpr std::int64_t kVersion = 1;

Result<Ok> check_version(const Node& root, const Environment& environment) {
    const Node* found = root.find("version");

    if (!found) {
        return error_at<Message::kVersionMissing>(root.place);
    }
    Node version = *found;
    if (auto done = expand_variables(version, environment); !done) {
        return done;
    }
    if (version.kind != NodeKind::integer || version.integer != kVersion) {
        return error_at<Message::kVersionUnknown>(version.place, quote(version));
    }
    return Ok{};
}

void merge(Node& base, Node over) {
    if (base.kind != NodeKind::mapping || over.kind != NodeKind::mapping) {
        base = std::move(over);
        return;
    }
    base.place = over.place;
    for (Member& member : over.members) {
        const auto found = std::ranges::find(base.members, member.key, &Member::key);
        if (found == base.members.end()) {
            base.members.push_back(std::move(member));
        } else {
            found->place = member.place;
            merge(found->value, std::move(member.value));
        }
    }
}

class Chain {
  public:
    Chain(const std::vector<std::string>& directories, const Environment& environment)
        : directories_(directories), environment_(environment) {}

    Result<Node> resolve(const std::string& text, const std::string& file) {
        files_.push_back(file);
        auto root = parse_yaml(text, file);
        if (!root) {
            return root;
        }
        if (auto done = check_version(*root, environment_); !done) {
            return done.error();
        }
        const auto extends = std::ranges::find(root->members, "extends", &Member::key);
        if (extends == root->members.end()) {
            return root;
        }
        Node name = std::move(extends->value);
        root->members.erase(extends);
        auto base = resolve_base(name, file);
        if (!base) {
            return base;
        }
        merge(*base, *std::move(root));
        return base;
    }

  private:
    Result<Node> resolve_base(Node& name, const std::string& file) {
        if (auto done = expand_variables(name, environment_); !done) {
            return done.error();
        }
        if (name.kind != NodeKind::text || name.text.empty()) {
            return error_at<Message::kBadValue>(name.place, quote(name), "extends",
                                                "the name or the path of a profile");
        }
        auto path = find_base(name.text, file);
        if (!path) {
            return while_doing(name.place.position().text(), path.error());
        }
        if (auto done = check_cycle(name.place, *path); !done) {
            return done.error();
        }
        auto text = read_profile_text(*path);
        if (!text) {
            return while_doing(name.place.position().text(), text.error());
        }
        return resolve(*text, *path);
    }

    Result<std::string> find_base(const std::string& name, const std::string& file) const {
        const std::string beside = directory_of(file);

        if (is_profile_path(name)) {
            return path_from(beside, name);
        }
        std::vector<std::string> searched = {beside};
        for (const std::string& directory : directories_) {
            if (directory != beside) {
                searched.push_back(directory);
            }
        }
        return find_profile(name, searched);
    }

    Result<Ok> check_cycle(const Place& at, const std::string& path) const {
        const auto is_path = [&path](const std::string& file) {
            return file_identity(file) == file_identity(path);
        };
        auto file = std::ranges::find_if(files_, is_path);
        if (file == files_.end()) {
            return Ok{};
        }
        std::string circle;
        for (; file != files_.end(); ++file) {
            circle += *file + " -> ";
        }
        return error_at<Message::kExtendsCycle>(at, circle + path);
    }

    const std::vector<std::string>& directories_;
    const Environment& environment_;
    std::vector<std::string> files_;
};

}  // namespace

Result<Node> resolve_extends(const std::string& text, const std::string& file,
                             const std::vector<std::string>& directories,
                             const Environment& environment) {
    return Chain(directories, environment).resolve(text, file);
}

}  // namespace xdpmirror
