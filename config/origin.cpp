// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The tree knows where its values stand; what the effective profile has beyond the tree is a
// default.
#include "config/origin.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "config/effective.h"
#include "config/files.h"
#include "config/messages.h"
#include "config/profile_tree.h"
#include "config/yaml_write.h"

namespace xdpmirror {
namespace {

using nlohmann::ordered_json;

// Of a value, which a mapping names by `key` and a list by `index`; null if it does not stand
// there.
const Node* node_below(const Node* node, const std::string& key, std::size_t index) {
    if (node == nullptr) {
        return nullptr;
    }
    if (node->kind == NodeKind::mapping) {
        return node->find(key);
    }
    return index < node->items.size() ? &node->items[index] : nullptr;
}

std::string origin_of(const Node* node, bool with_directory) {
    if (node == nullptr) {
        return "default";
    }
    const Position at = node->place.position();
    const std::string file =
        with_directory ? at.file : std::filesystem::path(at.file).filename().string();
    return as_one_line(file) + ":" + std::to_string(at.line) +
           (node->variables ? " " + *node->variables : std::string());
}

bool has_parts(const ordered_json& value) {
    return value.is_structured() && !value.empty();
}

ordered_json annotated(const ordered_json& value, const Node* node) {
    if (!has_parts(value)) {
        return {{"value", value}, {"from", origin_of(node, true)}};
    }
    ordered_json all = value.is_object() ? ordered_json::object() : ordered_json::array();
    std::size_t index = 0;
    for (const auto& [key, below] : value.items()) {
        auto part = annotated(below, node_below(node, key, index++));
        if (value.is_object()) {
            all[key] = std::move(part);
        } else {
            all.push_back(std::move(part));
        }
    }
    return all;
}

// The one origin of all that stands in a value; unset if there are several.
std::optional<std::string> common_origin(const ordered_json& value, const Node* node) {
    if (!has_parts(value)) {
        return origin_of(node, false);
    }
    std::optional<std::string> common;
    std::size_t index = 0;
    for (const auto& [key, below] : value.items()) {
        const auto origin = common_origin(below, node_below(node, key, index++));
        if (!origin || (common && *common != *origin)) {
            return std::nullopt;
        }
        common = origin;
    }
    return common;
}

void block(std::string& out, const ordered_json& value, const Node* node,
           const std::string& indent) {
    bool is_first = true;
    std::size_t index = 0;

    for (const auto& [key, below] : value.items()) {
        const Node* below_node = node_below(node, key, index++);
        if (value.is_object()) {
            out += (is_first && out.ends_with("- ") ? "" : indent) + yaml_key(key) + ":";
        } else {
            out += indent + "-";
        }
        is_first = false;
        if (const auto origin = common_origin(below, below_node)) {
            out += " " + yaml_flow(below) + "  # " + *origin + "\n";
            continue;
        }
        out += value.is_object() ? "\n" : " ";
        block(out, below, below_node, indent + "  ");
    }
}

}  // namespace

Result<ProfileOrigins> profile_origins(const std::string& name_or_path,
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
    auto root = read_profile_tree(*text, *path, directories, environment);
    if (!root) {
        return root.error();
    }
    const ordered_json value = effective_value(*root);
    ProfileOrigins origins;
    block(origins.yaml, value, &*root, "");
    origins.json =
        annotated(value, &*root).dump(2, ' ', false, ordered_json::error_handler_t::replace);
    return origins;
}

}  // namespace xdpmirror
