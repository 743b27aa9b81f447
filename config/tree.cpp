// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The tree's own operations: look up, type plain scalars by the YAML 1.2 core schema, turn to JSON.
#include "config/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace xdpmirror {
namespace {

constexpr std::size_t kQuotedCharacters = 60;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_sign(std::string_view text) {
    return text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
}

bool parse_integer(std::string_view text, std::int64_t& value) {
    int base = 10;
    std::string_view digits = text;

    if (text.starts_with("0o")) {
        base = 8;
        digits = text.substr(2);
    } else if (text.starts_with("0x")) {
        base = 16;
        digits = text.substr(2);
    } else if (!is_digits(without_sign(text))) {
        return false;
    } else if (text.starts_with('+')) {
        digits = text.substr(1);
    }
    // from_chars would take a sign behind "0x".
    if (digits.empty() || (base != 10 && digits.starts_with('-'))) {
        return false;
    }
    const char* end = digits.data() + digits.size();
    auto [stop, fault] = std::from_chars(digits.data(), end, value, base);
    return fault == std::errc{} && stop == end;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool looks_like_number(std::string_view text) {
    std::string_view rest = without_sign(text);
    const auto exponent = rest.find_first_of("eE");

    if (exponent != std::string_view::npos) {
        if (!is_digits(without_sign(rest.substr(exponent + 1)))) {
            return false;
        }
        rest = rest.substr(0, exponent);
    }
    const auto dot = rest.find('.');
    if (dot == std::string_view::npos) {
        return is_digits(rest);
    }
    const auto whole = rest.substr(0, dot);
    const auto part = rest.substr(dot + 1);
    return whole.empty() ? is_digits(part) : is_digits(whole) && (part.empty() || is_digits(part));
}

bool parse_number(std::string_view text, double& value) {
    const std::string_view word = without_sign(text);

    if (is_one_of(word, {".inf", ".Inf", ".INF"})) {
        value = text.starts_with('-') ? -HUGE_VAL : HUGE_VAL;
        return true;
    }
    if (is_one_of(text, {".nan", ".NaN", ".NAN"})) {
        value = std::nan("");
        return true;
    }
    if (!looks_like_number(text)) {
        return false;
    }
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault == std::errc::result_out_of_range) {
        value = text.starts_with('-') ? -HUGE_VAL : HUGE_VAL;
    }
    return true;
}

}  // namespace

Position Place::position() const {
    return Position{file ? *file : std::string{}, line, column};
}

const Member* Node::find_member(std::string_view key) const {
    const auto found = std::ranges::find(members, key, &Member::key);
    return found == members.end() ? nullptr : &*found;
}

const Node* Node::find(std::string_view key) const {
    const Member* member = find_member(key);
    return member ? &member->value : nullptr;
}

void type_plain_scalar(Node& node) {
    const std::string& text = node.text;

    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) {
        node.kind = NodeKind::null;
    } else if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
        node.kind = NodeKind::boolean;
        node.boolean = text.starts_with('t') || text.starts_with('T');
    } else if (parse_integer(text, node.integer)) {
        node.kind = NodeKind::integer;
    } else if (parse_number(text, node.number)) {
        node.kind = NodeKind::number;
    } else {
        node.kind = NodeKind::text;
    }
}

nlohmann::ordered_json to_json(const Node& node) {
    switch (node.kind) {
        case NodeKind::null:
            return nullptr;
        case NodeKind::boolean:
            return node.boolean;
        case NodeKind::integer:
            return node.integer;
        case NodeKind::number:
            return node.number;
        case NodeKind::text:
            return node.text;
        case NodeKind::list: {
            auto list = nlohmann::ordered_json::array();
            for (const Node& item : node.items) {
                list.push_back(to_json(item));
            }
            return list;
        }
        case NodeKind::mapping:
            break;
    }
    auto mapping = nlohmann::ordered_json::object();
    for (const Member& member : node.members) {
        // Keys are unique: append instead of the quadratic look-up of operator[].
        mapping.get_ref<nlohmann::ordered_json::object_t&>().push_back(
            {member.key, to_json(member.value)});
    }
    return mapping;
}

std::string quote(const Node& node) {
    if (node.kind == NodeKind::list) {
        return "a list";
    }
    if (node.kind == NodeKind::mapping) {
        return "a mapping";
    }
    if (node.kind == NodeKind::null && !node.quoted) {
        return "nothing";
    }
    std::string shown = node.text.substr(0, kQuotedCharacters);
    if (node.text.size() > kQuotedCharacters) {
        shown += "...";
    }
    return node.kind == NodeKind::text ? fmt::format("'{}'", shown) : shown;
}

}  // namespace xdpmirror
