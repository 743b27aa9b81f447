// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Validation by valijson, whose exceptions end here. It names the values that fail; why a value
// fails is read from the schema's own keywords at that place.
#include "config/schema.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "config/messages.h"
#include "config/suggest.h"
#include "config/utf8.h"
#include "maps/layout.h"

namespace xdpmirror {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestName = XM_NAME_BYTES - 1;

struct Violation {
    Place place;
    Error error;
};

template <Message M, class... Args>
Violation violation(const Place& place, const Args&... args) {
    return Violation{place, error_at<M>(place, args...)};
}

// Where a value stands in the tree and in the schema.
struct Spot {
    const Node* node = nullptr;
    const json* schema = nullptr;
    std::string path;  // "rules[0].match"; empty for the root

    std::string named() const { return path.empty() ? "the profile" : path; }
};

const json& resolve_ref(const json& root, const json& schema) {
    const json* at = &schema;

    while (at->contains("$ref")) {
        at = &root.at(json::json_pointer(at->at("$ref").get<std::string>().substr(1)));
    }
    return *at;
}

// One step of valijson's context: "[key]" or "[3]".
bool step_into(Spot& spot, const json& root, const std::string& step) {
    const std::string key = step.substr(1, step.size() - 2);
    const json& schema = *spot.schema;

    if (spot.node->kind == NodeKind::list) {
        std::size_t index = 0;
        std::from_chars(key.data(), key.data() + key.size(), index);
        if (index >= spot.node->items.size() || !schema.contains("items")) {
            return false;
        }
        spot.node = &spot.node->items[index];
        spot.schema = &resolve_ref(root, schema.at("items"));
        spot.path += "[" + key + "]";
        return true;
    }
    const Node* value = spot.node->find(key);
    const bool is_listed = schema.contains("properties") && schema.at("properties").contains(key);
    if (!value || (!is_listed && !schema.contains("additionalProperties"))) {
        return false;
    }
    spot.node = value;
    spot.schema = &resolve_ref(
        root, is_listed ? schema.at("properties").at(key) : schema.at("additionalProperties"));
    spot.path += (spot.path.empty() ? "" : ".") + key;
    return true;
}

std::vector<std::string> types_of(const json& schema) {
    if (!schema.contains("type")) {
        return {};
    }
    const json& type = schema.at("type");
    return type.is_array() ? type.get<std::vector<std::string>>()
                           : std::vector<std::string>{type.get<std::string>()};
}

bool has_type(const Node& node, const std::string& type) {
    switch (node.kind) {
        case NodeKind::null:
            return type == "null";
        case NodeKind::boolean:
            return type == "boolean";
        case NodeKind::integer:
            return type == "integer" || type == "number";
        case NodeKind::number:
            return type == "number";
        case NodeKind::text:
            return type == "string";
        case NodeKind::list:
            return type == "array";
        case NodeKind::mapping:
            return type == "object";
    }
    return false;
}

std::string describe_type(const json& schema, const std::string& type, const Node& node) {
    if (type == "integer" && schema.contains("minimum") && schema.contains("maximum")) {
        return fmt::format("a whole number from {} to {}", schema.at("minimum").get<std::int64_t>(),
                           schema.at("maximum").get<std::int64_t>());
    }
    if (type == "string") {
        const bool is_scalar = node.kind == NodeKind::boolean || node.kind == NodeKind::integer ||
                               node.kind == NodeKind::number;
        return is_scalar ? "text in quotes" : "text";
    }
    if (type == "boolean") {
        return "true or false";
    }
    return type == "array" ? "a list" : type == "object" ? "a mapping of keys" : type;
}

// What would have been right.
std::string describe_expected(const json& schema, const Node& node) {
    std::string out;

    if (schema.contains("enum")) {
        for (const json& word : schema.at("enum")) {
            out += (out.empty() ? "" : " or ") + word.get<std::string>();
        }
        return out;
    }
    const auto types = types_of(schema);
    if (types.size() > 1 && schema.contains("description")) {
        return schema.at("description").get<std::string>();
    }
    for (const std::string& type : types) {
        out += (out.empty() ? "" : " or ") + describe_type(schema, type, node);
    }
    if (schema.contains("description")) {
        out += " (" + schema.at("description").get<std::string>() + ")";
    }
    return out;
}

bool is_in_enum(const json& schema, const Node& node) {
    const json& words = schema.at("enum");

    return node.kind == NodeKind::text && std::ranges::find(words, json(node.text)) != words.end();
}

bool is_in_range(const json& schema, const Node& node) {
    return node.kind != NodeKind::integer ||
           ((!schema.contains("minimum") ||
             node.integer >= schema.at("minimum").get<std::int64_t>()) &&
            (!schema.contains("maximum") ||
             node.integer <= schema.at("maximum").get<std::int64_t>()));
}

std::optional<Violation> explain_scalar(const Spot& spot) {
    const Node& node = *spot.node;
    const json& schema = *spot.schema;
    const auto types = types_of(schema);
    const bool type_fits = types.empty() || std::ranges::any_of(types, [&](const auto& type) {
                               return has_type(node, type);
                           });

    // The one pattern of our schema is that of names.
    if (node.kind == NodeKind::text && schema.contains("pattern") && !is_name(node.text)) {
        return violation<Message::kBadName>(node.place, node.text, spot.named(), kLongestName);
    }
    const bool too_short =
        node.kind == NodeKind::text && schema.contains("minLength") && node.text.empty();
    if (!type_fits || too_short || !is_in_range(schema, node) ||
        (schema.contains("enum") && !is_in_enum(schema, node))) {
        return violation<Message::kBadValue>(node.place, quote(node), spot.named(),
                                             describe_expected(schema, node));
    }
    return std::nullopt;
}

// Keys that people try when they want what we never do.
bool would_lose_source(const Spot& spot, const std::string& key) {
    const std::vector<std::string> keys = {"snat", "source_nat", "masquerade", "rewrite_source",
                                           "source_address"};

    return std::ranges::find(keys, key) != keys.end() ||
           ((spot.path.ends_with(".send") || spot.path.find(".send[") != std::string::npos) && (key == "from" || key == "source"));
}

std::optional<Violation> explain_key(const Spot& spot, const Member& member) {
    const json& schema = *spot.schema;
    const bool is_listed =
        schema.contains("properties") && schema.at("properties").contains(member.key);
    const bool is_open = !schema.contains("additionalProperties") ||
                         schema.at("additionalProperties") != json(false);

    if (schema.contains("propertyNames") && !is_name(member.key)) {
        return violation<Message::kBadName>(member.place, member.key, spot.named(), kLongestName);
    }
    if (is_listed || is_open) {
        return std::nullopt;
    }
    if (would_lose_source(spot, member.key)) {
        return violation<Message::kLosesSource>(member.place, member.key, spot.named());
    }
    std::vector<std::string> known;
    for (const auto& [key, value] : schema.at("properties").items()) {
        known.push_back(key);
    }
    return violation<Message::kUnknownKey>(member.place, member.key, spot.named(),
                                           did_you_mean(member.key, known, "known keys"));
}

std::optional<Violation> explain_mapping(const Spot& spot) {
    const json& schema = *spot.schema;

    for (const Member& member : spot.node->members) {
        if (auto found = explain_key(spot, member)) {
            return found;
        }
    }
    if (schema.contains("required")) {
        for (const json& key : schema.at("required")) {
            if (!spot.node->find(key.get<std::string>())) {
                return violation<Message::kMissingKey>(spot.node->place, key.get<std::string>(),
                                                       spot.named());
            }
        }
    }
    if (schema.contains("minProperties") && spot.node->members.empty()) {
        return violation<Message::kEmpty>(spot.node->place, spot.named());
    }
    return std::nullopt;
}

std::optional<Violation> explain(const Spot& spot) {
    if (auto found = explain_scalar(spot)) {
        return found;
    }
    if (spot.node->kind == NodeKind::mapping) {
        return explain_mapping(spot);
    }
    if (spot.node->kind == NodeKind::list && spot.schema->contains("minItems") &&
        spot.node->items.empty()) {
        return violation<Message::kEmpty>(spot.node->place, spot.named());
    }
    return std::nullopt;
}

Spot find_spot(const Node& root, const json& schema, const std::vector<std::string>& context) {
    Spot spot{&root, &resolve_ref(schema, schema), {}};

    for (std::size_t i = 1; i < context.size(); i++) {  // the first is "<root>"
        if (!step_into(spot, schema, context[i])) {
            break;
        }
    }
    return spot;
}

std::optional<Violation> explain_below(const Spot& spot, const json& root) {
    if (auto found = explain(spot)) {
        return found;
    }
    std::vector<std::string> steps;
    for (const Member& member : spot.node->members) {
        steps.push_back("[" + member.key + "]");
    }
    for (std::size_t i = 0; i < spot.node->items.size(); i++) {
        steps.push_back("[" + std::to_string(i) + "]");
    }
    for (const std::string& step : steps) {
        Spot below = spot;
        if (!step_into(below, root, step)) {
            continue;
        }
        if (auto found = explain_below(below, root)) {
            return found;
        }
    }
    return std::nullopt;
}

Error first_violation(const Node& root, const json& schema,
                      const valijson::ValidationResults& results) {
    std::optional<Violation> first;
    const auto order = [](const Violation& v) {
        return std::tuple(*v.place.file, v.place.line, v.place.column);
    };

    for (const auto& result : results) {
        auto found = explain(find_spot(root, schema, result.context));
        if (found && (!first || order(*found) < order(*first))) {
            first = std::move(found);
        }
    }
    if (!first) {
        // A bad key is reported for the mapping above it, so look at everything.
        first = explain_below(Spot{&root, &resolve_ref(schema, schema), {}}, schema);
    }
    if (first) {
        return first->error;
    }
    const bool has_result = results.begin() != results.end();
    const Spot spot =
        find_spot(root, schema, has_result ? results.begin()->context : std::vector<std::string>{});
    return error_at<Message::kSchemaOther>(spot.node->place, spot.named(),
                                           has_result ? results.begin()->description : "no reason");
}

// The validator reads beyond the end of text that is cut within a character.
Result<Ok> check_text(const Node& node) {
    if (!is_utf8(node.text)) {
        return error_at<Message::kNotUtf8>(node.place, "the value");
    }
    for (const Node& item : node.items) {
        if (auto done = check_text(item); !done) {
            return done;
        }
    }
    for (const Member& member : node.members) {
        if (!is_utf8(member.key)) {
            return error_at<Message::kNotUtf8>(member.place, "the key");
        }
        if (auto done = check_text(member.value); !done) {
            return done;
        }
    }
    return Ok{};
}

}  // namespace

bool is_name(const std::string& text) {
    return !text.empty() && text.size() <= kLongestName && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

Result<Ok> check_schema(const Node& root, const std::string& schema_text) {
    if (auto done = check_text(root); !done) {
        return done;
    }
    const json document = to_json(root);

    try {
        const json schema = json::parse(schema_text);
        valijson::Schema compiled;
        valijson::SchemaParser parser;
        parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema), compiled);

        valijson::Validator validator(valijson::Validator::kStrongTypes);
        valijson::ValidationResults results;
        if (validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter(document),
                               &results)) {
            return Ok{};
        }
        return first_violation(root, schema, results);
    } catch (const std::exception& error) {
        return error_at<Message::kSchemaOther>(root.place, "the profile", error.what());
    }
}

}  // namespace xdpmirror
