// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A profile's text as a tree of values, each of which knows where it stands. Mappings keep their
// order and have no key twice.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace xdpmirror {

// A Position that is cheap to have in every node of a large profile.
struct Place {
    std::shared_ptr<const std::string> file;
    int line = 0;
    int column = 0;

    Position position() const;
};

enum class NodeKind { null, boolean, integer, number, text, list, mapping };

struct Member;

struct Node {
    NodeKind kind = NodeKind::null;
    Place place{};
    bool quoted = false;          // a quoted scalar is text, whatever it looks like
    std::string text{};           // scalars: as written
    bool boolean = false;         // valid with NodeKind::boolean
    std::int64_t integer = 0;     // valid with NodeKind::integer
    double number = 0;            // valid with NodeKind::number
    std::shared_ptr<const std::string> variables{};  // that it was expanded from, for the eye
    std::vector<Node> items{};    // valid with NodeKind::list
    std::vector<Member> members;  // valid with NodeKind::mapping

    const Node* find(std::string_view key) const;
    const Member* find_member(std::string_view key) const;
};

struct Member {
    std::string key;
    Place place;  // of the key
    Node value;
};

// Longer scalars are refused: nothing in the vocabulary needs them.
constexpr std::size_t kLongestText = 1024;

// Gives a plain scalar the type that the YAML 1.2 core schema gives it.
void type_plain_scalar(Node& node);

nlohmann::ordered_json to_json(const Node& node);

// The same node for the eye, to be put in a message: cut when long.
std::string quote(const Node& node);

}  // namespace xdpmirror
