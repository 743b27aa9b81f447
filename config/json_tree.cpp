// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/json_tree.h"

#include <nlohmann/json.hpp>

namespace xdpmirror {
namespace {

using nlohmann::ordered_json;

Node node_of(const ordered_json& json, const Place& place) {
    Node node;

    node.place = place;
    switch (json.type()) {
        case ordered_json::value_t::object:
            node.kind = NodeKind::mapping;
            node.members.reserve(json.size());
            for (const auto& [key, value] : json.items()) {
                node.members.push_back({key, place, node_of(value, place)});
            }
            return node;
        case ordered_json::value_t::array:
            node.kind = NodeKind::list;
            node.items.reserve(json.size());
            for (const auto& item : json) {
                node.items.push_back(node_of(item, place));
            }
            return node;
        case ordered_json::value_t::string:
            node.kind = NodeKind::text;
            node.quoted = true;
            node.text = json.get<std::string>();
            return node;
        default:
            node.text = json.dump();
            type_plain_scalar(node);
            return node;
    }
}

}  // namespace

Result<Node> read_json_tree(const std::string& text, const std::string& file) {
    const auto json = ordered_json::parse(text, nullptr, false);

    if (json.is_discarded()) {
        return Error{file + " is not valid JSON"};
    }
    return node_of(json, Place{.file = std::make_shared<const std::string>(file), .line = 1, .column = 1});
}

}  // namespace xdpmirror
