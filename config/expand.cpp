// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Expansion of environment references, one scalar at a time; defaults may hold references too.
#include "config/expand.h"

#include <algorithm>
#include <memory>

#include "config/messages.h"
#include "config/secret.h"

namespace xdpmirror {
namespace {

bool is_name_char(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_name(std::string_view text) {
    return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
           std::ranges::all_of(text, is_name_char);
}

// One scalar; remembers its place for messages.
class Expansion {
  public:
    Expansion(const Node& node, const Environment& environment)
        : node_(node), environment_(environment) {}

    // "${A}, default of ${B}"; empty: none.
    const std::string& variables() const { return variables_; }

    Result<std::string> expand(std::string_view text) {
        std::string out;

        while (!text.empty()) {
            const auto dollar = text.find('$');
            out += text.substr(0, dollar);
            if (dollar == std::string_view::npos) {
                break;
            }
            text.remove_prefix(dollar + 1);
            if (text.starts_with('$')) {
                out += '$';
                text.remove_prefix(1);
                continue;
            }
            const auto length = reference_length(text);
            if (length == 0) {
                return error_at<Message::kVariableSyntax>(node_.place, node_.text);
            }
            auto value = look_up(text.substr(1, length - 2));
            if (!value) {
                return value;
            }
            out += *value;
            text.remove_prefix(length);
        }
        return out;
    }

  private:
    // Of "{...}" at the front, up to the brace that closes it; 0 if there is none.
    static std::size_t reference_length(std::string_view text) {
        int depth = 0;

        if (!text.starts_with('{')) {
            return 0;
        }
        for (std::size_t i = 0; i < text.size(); i++) {
            if (text[i] == '{' && (i == 0 || text[i - 1] == '$')) {
                depth++;
            } else if (text[i] == '}' && --depth == 0) {
                return i + 1;
            }
        }
        return 0;
    }

    Result<std::string> look_up(std::string_view reference) {
        const auto name_end = std::ranges::find_if_not(reference, is_name_char) - reference.begin();
        const std::string name(reference.substr(0, static_cast<std::size_t>(name_end)));
        const std::string_view rest = reference.substr(name.size());

        if (!is_name(name) || (!rest.empty() && !rest.starts_with(":-"))) {
            return error_at<Message::kVariableSyntax>(node_.place, node_.text);
        }
        if (is_secret_name(name)) {
            return error_at<Message::kVariableSecret>(node_.place, name);
        }
        const auto value = environment_(name);
        const bool is_set = value && (rest.empty() || !value->empty());
        variables_ += variables_.empty() ? "" : ", ";
        variables_ += (is_set ? "${" : "default of ${") + name + "}";
        if (rest.empty()) {
            if (!value) {
                return error_at<Message::kVariableUnset>(node_.place, name);
            }
            return *value;
        }
        return is_set ? Result<std::string>(*value) : expand(rest.substr(2));
    }

    const Node& node_;
    const Environment& environment_;
    std::string variables_;
};

Result<Ok> expand_scalar(Node& node, const Environment& environment) {
    if (node.kind != NodeKind::text || node.text.find('$') == std::string::npos) {
        return Ok{};
    }
    Expansion expansion(node, environment);
    auto text = expansion.expand(node.text);
    if (!text) {
        return text.error();
    }
    node.text = *std::move(text);
    if (node.text.size() > kLongestText) {
        return error_at<Message::kTextTooLong>(node.place, node.text.size(), kLongestText);
    }
    if (!expansion.variables().empty()) {
        node.variables = std::make_shared<const std::string>(expansion.variables());
        node.quoted = false;
    }
    if (!node.quoted) {
        type_plain_scalar(node);
    }
    return Ok{};
}

}  // namespace

Result<Ok> expand_variables(Node& node, const Environment& environment) {
    for (Node& item : node.items) {
        if (auto done = expand_variables(item, environment); !done) {
            return done;
        }
    }
    for (Member& member : node.members) {
        if (auto done = expand_variables(member.value, environment); !done) {
            return done;
        }
    }
    return expand_scalar(node, environment);
}

std::string escape_dollars(const std::string& text) {
    std::string out;

    for (const char c : text) {
        out += c;
        if (c == '$') {
            out += '$';
        }
    }
    return out;
}

}  // namespace xdpmirror
