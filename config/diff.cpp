// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// On the effective profiles as JSON: they have every key in the profile's own words.
#include "config/diff.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "config/yaml_write.h"

namespace xdpmirror {
namespace {

using nlohmann::ordered_json;

// A thing with a name, without the parts that are things themselves.
struct Thing {
    std::string name;
    ordered_json value;
};
using Things = std::vector<Thing>;

// Some keys take one value or a list of them.
ordered_json as_list(const ordered_json& value) {
    return value.is_array() ? value : ordered_json::array({value});
}

std::vector<std::string> texts_of(const ordered_json& list) {
    std::vector<std::string> texts;

    for (const ordered_json& item : as_list(list)) {
        texts.push_back(yaml_flow(item));
    }
    std::ranges::sort(texts);
    return texts;
}

std::vector<std::string> only_in(const std::vector<std::string>& one,
                                 const std::vector<std::string>& other) {
    std::vector<std::string> only;

    std::ranges::set_difference(one, other, std::back_inserter(only));
    return only;
}

void compare_lists(const std::string& field, const ordered_json& before, const ordered_json& after,
                   std::vector<FieldDifference>& found) {
    const auto was = texts_of(before), is = texts_of(after);

    if (was != is) {
        found.push_back({.field = field,
                         .before = {},
                         .after = {},
                         .removed = only_in(was, is),
                         .added = only_in(is, was)});
    }
}

ordered_json value_at(const ordered_json& mapping, const std::string& key) {
    const auto found = mapping.find(key);
    return found == mapping.end() ? ordered_json() : *found;
}

void compare_values(const std::string& field, const ordered_json& before, const ordered_json& after,
                    std::vector<FieldDifference>& found);

void compare_mappings(const std::string& prefix, const ordered_json& before,
                      const ordered_json& after, std::vector<FieldDifference>& found) {
    const std::string path = prefix.empty() ? "" : prefix + ".";

    for (const auto& [key, value] : before.items()) {
        compare_values(path + key, value, value_at(after, key), found);
    }
    for (const auto& [key, value] : after.items()) {
        if (!before.contains(key)) {
            compare_values(path + key, ordered_json(), value, found);
        }
    }
}

void compare_values(const std::string& field, const ordered_json& before, const ordered_json& after,
                    std::vector<FieldDifference>& found) {
    if (before == after) {
        return;
    }
    if (before.is_object() && after.is_object()) {
        compare_mappings(field, before, after, found);
    } else if ((before.is_array() || after.is_array()) && !before.is_null() && !after.is_null()) {
        compare_lists(field, before, after, found);
    } else {
        found.push_back({.field = field,
                         .before = before.is_null() ? "" : yaml_flow(before),
                         .after = after.is_null() ? "" : yaml_flow(after)});
    }
}

// Those that need not move when the others do: the longest run of rising places.
std::vector<bool> staying(const std::vector<std::size_t>& places) {
    std::vector<std::size_t> ends;  // index of the last of the best run of each length
    std::vector<std::size_t> before(places.size(), places.size());

    for (std::size_t i = 0; i < places.size(); i++) {
        const auto longer = std::ranges::lower_bound(
            ends, places[i], {}, [&places](std::size_t end) { return places[end]; });
        if (longer != ends.begin()) {
            before[i] = *std::prev(longer);
        }
        if (longer == ends.end()) {
            ends.push_back(i);
        } else {
            *longer = i;
        }
    }
    std::vector<bool> stays(places.size(), false);
    for (auto i = ends.empty() ? places.size() : ends.back(); i < places.size(); i = before[i]) {
        stays[i] = true;
    }
    return stays;
}

std::map<std::string, std::size_t> places_of(const Things& things) {
    std::map<std::string, std::size_t> places;

    for (std::size_t i = 0; i < things.size(); i++) {
        places.emplace(things[i].name, i);
    }
    return places;
}

void compare_order(const std::string& section, const Things& before, const Things& after,
                   std::vector<Difference>& found) {
    const auto places = places_of(before);
    std::vector<std::size_t> now, was;

    for (std::size_t i = 0; i < after.size(); i++) {
        if (const auto place = places.find(after[i].name); place != places.end()) {
            now.push_back(i);
            was.push_back(place->second);
        }
    }
    const auto stays = staying(was);
    for (std::size_t i = 0; i < now.size(); i++) {
        if (!stays[i]) {
            found.push_back({.section = section,
                             .name = after[now[i]].name,
                             .kind = DifferenceKind::moved,
                             .place_before = was[i] + 1,
                             .place_after = now[i] + 1});
        }
    }
}

void compare_things(const std::string& section, const Things& before, const Things& after,
                    std::vector<Difference>& found) {
    const auto places_before = places_of(before), places_after = places_of(after);

    for (const Thing& thing : before) {
        if (!places_after.contains(thing.name)) {
            found.push_back({.section = section,
                             .name = thing.name,
                             .kind = DifferenceKind::removed,
                             .text = yaml_flow(thing.value)});
        }
    }
    for (const Thing& thing : after) {
        const auto place = places_before.find(thing.name);
        if (place == places_before.end()) {
            found.push_back({.section = section,
                             .name = thing.name,
                             .kind = DifferenceKind::added,
                             .text = yaml_flow(thing.value)});
            continue;
        }
        Difference difference{.section = section, .name = thing.name};
        compare_values("", before[place->second].value, thing.value, difference.fields);
        if (!difference.fields.empty()) {
            found.push_back(std::move(difference));
        }
    }
}

// Items of a list, named by one of their keys.
Things things_in_list(const ordered_json& list, const char* key, const std::string& prefix) {
    Things things;

    if (list.is_null()) {
        return things;
    }
    for (const ordered_json& item : as_list(list)) {
        things.push_back({prefix + value_at(item, key).get<std::string>(), item});
    }
    return things;
}

Things things_in_mapping(const ordered_json& mapping) {
    Things things;

    for (const auto& [name, value] : mapping.items()) {
        things.push_back({name, value});
    }
    return things;
}

// Takes the parts of things that are in both profiles, to be compared for themselves.
void compare_parts(const char* section, const char* list_key, const char* name_key, bool in_order,
                   Things& before, Things& after, std::vector<Difference>& found) {
    const auto places = places_of(before);

    for (Thing& thing : after) {
        const auto place = places.find(thing.name);
        if (place == places.end()) {
            continue;
        }
        Thing& other = before[place->second];
        const auto was =
            things_in_list(value_at(other.value, list_key), name_key, thing.name + "/");
        const auto is = things_in_list(value_at(thing.value, list_key), name_key, thing.name + "/");
        compare_things(section, was, is, found);
        if (in_order) {
            compare_order(section, was, is, found);
        }
        other.value.erase(list_key);
        thing.value.erase(list_key);
    }
}

void compare_named(const char* section, const char* parts, const char* list_key,
                   const char* name_key, bool in_order, const ordered_json& before,
                   const ordered_json& after, std::vector<Difference>& found) {
    Things was = things_in_mapping(value_at(before, section));
    Things is = things_in_mapping(value_at(after, section));
    std::vector<Difference> below;

    compare_parts(parts, list_key, name_key, in_order, was, is, below);
    compare_things(section, was, is, found);
    found.insert(found.end(), below.begin(), below.end());
}

// `ready`, `metrics`, and whatever comes: things that there is one of.
void compare_others(const ordered_json& before, const ordered_json& after,
                    std::vector<Difference>& found) {
    constexpr const char* kSections[] = {"sources", "rules", "pools", "egress"};
    const auto others_of = [&](const ordered_json& profile) {
        Things things;
        for (const auto& [key, value] : profile.items()) {
            if (std::ranges::find(kSections, key) == std::end(kSections)) {
                things.push_back({key, value});
            }
        }
        return things;
    };
    std::vector<Difference> others;
    compare_things("", others_of(before), others_of(after), others);
    for (Difference& other : others) {
        std::swap(other.section, other.name);
        found.push_back(std::move(other));
    }
}

}  // namespace

std::vector<Difference> differences(const Profile& before, const Profile& after) {
    const auto was = ordered_json::parse(before.effective_json, nullptr, false);
    const auto is = ordered_json::parse(after.effective_json, nullptr, false);
    std::vector<Difference> found;

    if (!was.is_object() || !is.is_object()) {
        return found;
    }
    compare_things("sources", things_in_list(value_at(was, "sources"), "name", ""),
                   things_in_list(value_at(is, "sources"), "name", ""), found);
    const auto rules_before = things_in_list(value_at(was, "rules"), "name", "");
    const auto rules_after = things_in_list(value_at(is, "rules"), "name", "");
    compare_things("rules", rules_before, rules_after, found);
    compare_order("rules", rules_before, rules_after, found);
    compare_named("pools", "collectors", "collectors", "address", false, was, is, found);
    compare_named("egress", "ways", "standby", "interface", true, was, is, found);
    compare_others(was, is, found);
    return found;
}

}  // namespace xdpmirror
