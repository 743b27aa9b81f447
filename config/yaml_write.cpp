// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/yaml_write.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/tree.h"

namespace xdpmirror {
namespace {

using nlohmann::ordered_json;

std::string one_line(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// Plain if nobody could take it for anything but text, in block and in flow style.
std::string yaml_scalar(const ordered_json& value) {
    if (!value.is_string()) {
        return one_line(value);
    }
    Node node;
    node.text = value.get<std::string>();
    const auto is_plain_char = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '/' || c == '-';
    };
    type_plain_scalar(node);
    const bool is_plain = node.kind == NodeKind::text && !node.text.starts_with('-') &&
                          std::ranges::all_of(node.text, is_plain_char);
    return is_plain ? node.text : one_line(value);
}

}  // namespace

std::string yaml_key(const std::string& key) {
    return yaml_scalar(ordered_json(key));
}

std::string yaml_flow(const ordered_json& value) {
    std::string out;

    if (!value.is_structured()) {
        return yaml_scalar(value);
    }
    for (const auto& [key, below] : value.items()) {
        out += out.empty() ? "" : ", ";
        out += value.is_object() ? yaml_key(key) + ": " + yaml_flow(below) : yaml_flow(below);
    }
    return value.is_object() ? "{" + out + "}" : "[" + out + "]";
}

}  // namespace xdpmirror
