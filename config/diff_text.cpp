// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Differences for the eye and for scripts.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "config/diff.h"
#include "config/messages.h"

namespace xdpmirror {
namespace {

using nlohmann::ordered_json;

const char* kind_name(DifferenceKind kind) {
    switch (kind) {
        case DifferenceKind::added:
            return "added";
        case DifferenceKind::removed:
            return "removed";
        case DifferenceKind::moved:
            return "moved";
        default:
            return "changed";
    }
}

std::string or_nothing(const std::string& text) {
    return text.empty() ? "(nothing)" : text;
}

std::string field_text(const FieldDifference& field) {
    std::string out = field.field.empty() ? "" : field.field + ": ";

    if (field.removed.empty() && field.added.empty()) {
        return out + or_nothing(field.before) + " -> " + or_nothing(field.after);
    }
    const char* between = "";
    for (const auto& [sign, items] : {std::pair{"- ", &field.removed}, {"+ ", &field.added}}) {
        for (const std::string& item : *items) {
            out += between + (sign + item);
            between = ", ";
        }
    }
    return out;
}

std::string lines_of(const Difference& difference) {
    const std::string name = difference.name.empty() ? "" : difference.name + "  ";
    std::string out;

    switch (difference.kind) {
        case DifferenceKind::added:
            return "  + " + name + difference.text + "\n";
        case DifferenceKind::removed:
            return "  - " + name + difference.text + "\n";
        case DifferenceKind::moved:
            return fmt::format("  > {}from place {} to {}\n", name, difference.place_before,
                               difference.place_after);
        case DifferenceKind::changed:
            break;
    }
    for (const FieldDifference& field : difference.fields) {
        out += "  ~ " + name + field_text(field) + "\n";
    }
    return out;
}

ordered_json field_json(const FieldDifference& field) {
    ordered_json json = {{"field", field.field}};

    if (field.removed.empty() && field.added.empty()) {
        json["before"] = field.before.empty() ? ordered_json() : ordered_json(field.before);
        json["after"] = field.after.empty() ? ordered_json() : ordered_json(field.after);
    } else {
        json["removed"] = field.removed;
        json["added"] = field.added;
    }
    return json;
}

}  // namespace

std::string to_text(const std::vector<Difference>& differences) {
    std::string out;
    std::string section;

    for (const Difference& difference : differences) {
        if (difference.section != section) {
            section = difference.section;
            out += section + "\n";
        }
        out += lines_of(difference);
    }
    return out;
}

ordered_json to_json(const std::vector<Difference>& differences) {
    ordered_json all = ordered_json::array();

    for (const Difference& difference : differences) {
        ordered_json json = {{"section", difference.section},
                             {"name", difference.name},
                             {"kind", kind_name(difference.kind)}};
        if (!difference.text.empty()) {
            json["text"] = difference.text;
        }
        for (const FieldDifference& field : difference.fields) {
            json["fields"].push_back(field_json(field));
        }
        if (difference.kind == DifferenceKind::moved) {
            json["place_before"] = difference.place_before;
            json["place_after"] = difference.place_after;
        }
        all.push_back(std::move(json));
    }
    return all;
}

}  // namespace xdpmirror
