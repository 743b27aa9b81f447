// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Keys of xdpmirror-profile(5), from the schema that profiles are checked against.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "loader/pages/pages.h"
#include "loader/pages/roff.h"

namespace xdpmirror::pages {
namespace {

using nlohmann::ordered_json;

class Keys {
  public:
    explicit Keys(const ordered_json& schema) : schema_(schema) {}

    std::string all() const {
        std::string out;
        for (const auto& [name, key] : schema_["properties"].items())
            out += ".SS " + roff(name) + "\n" + section(name, whole(key), required(schema_, name));
        return out;
    }

  private:
    const ordered_json& schema_;

    // With what it refers to; a word beside the reference goes before.
    ordered_json whole(ordered_json key) const {
        while (key.contains("$ref")) {
            const auto reference = key["$ref"].get<std::string>();
            auto meant = schema_.at(ordered_json::json_pointer(reference.substr(1)));
            key.erase("$ref");
            meant.update(key);
            key = std::move(meant);
        }
        return key;
    }

    static bool required(const ordered_json& object, const std::string& name) {
        if (!object.contains("required")) return false;
        const auto& names = object["required"];
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    static std::string limits(const ordered_json& key) {
        std::vector<std::string> parts;
        if (key.contains("const")) parts.push_back("always " + key["const"].dump());
        if (key.contains("enum")) {
            std::vector<std::string> words;
            for (const auto& word : key["enum"])
                words.push_back(word.is_string() ? word.get<std::string>() : word.dump());
            parts.push_back(fmt::format("one of {}", fmt::join(words, ", ")));
        }
        if (key.contains("minimum") && key.contains("maximum"))
            parts.push_back(
                fmt::format("from {} to {}", key["minimum"].dump(), key["maximum"].dump()));
        if (key.contains("default")) {
            const auto& value = key["default"];
            parts.push_back("default " +
                            (value.is_string() ? value.get<std::string>() : value.dump()));
        }
        return fmt::format("{}", fmt::join(parts, "; "));
    }

    std::string section(const std::string& path, const ordered_json& key, bool is_required) const {
        std::string text = key.value("description", "");
        if (const auto more = limits(key); !more.empty()) text += (text.empty() ? "" : "; ") + more;
        if (is_required) text += text.empty() ? "required" : "; required";
        std::string out = text.empty() ? std::string() : roff_entry(roff_bold(path), roff(text));
        if (text.empty() && !has_keys(key)) out = roff_entry(roff_bold(path), "no more is said");
        return out + below(path, key);
    }

    static bool has_keys(const ordered_json& key) {
        return key.contains("properties") || key.contains("items") ||
               (key.contains("additionalProperties") && key["additionalProperties"].is_object());
    }

    // An object or a list of such objects is described once.
    std::string below(const std::string& path, const ordered_json& key) const {
        std::string out;
        if (key.contains("properties")) {
            for (const auto& [name, one] : key["properties"].items())
                out += section(path + "." + name, whole(one), required(key, name));
        } else if (key.contains("items")) {
            out += below(path + "[]", whole(key["items"]));
        }
        if (key.contains("additionalProperties") && key["additionalProperties"].is_object())
            out += section(path + ".NAME", whole(key["additionalProperties"]), false);
        return out;
    }
};

}  // namespace

std::string man_keys(const std::string& schema) {
    const auto parsed = ordered_json::parse(schema, nullptr, false);
    return Keys(parsed).all();
}

}  // namespace xdpmirror::pages
