// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Keys keep the order that their author gave them; keys that are not acted on are kept as well.
#include "config/effective.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/expand.h"
#include "config/profile.h"
#include "config/read.h"
#include "config/read_health.h"
#include "config/read_ready.h"
#include "config/yaml_write.h"

namespace xdpmirror {
namespace {

using nlohmann::ordered_json;

void fill_default(ordered_json& mapping, const char* key, ordered_json value) {
    if (!mapping.contains(key)) {
        mapping[key] = std::move(value);
    }
}

void fill_way(ordered_json& way) {
    fill_default(way, "next_hop", "auto");
    fill_default(way, "path", "auto");
    if (way["path"] == "kernel") {
        fill_default(way, "mark", kDefaultMark);
    }
}

void fill_defaults(ordered_json& profile) {
    for (ordered_json& source : profile["sources"]) {
        if (source.contains("vxlan")) {
            fill_default(source["vxlan"], "port", kVxlanPort);
        }
        if (source.contains("geneve")) {
            fill_default(source["geneve"], "port", kGenevePort);
        }
        fill_default(source, "from",
                     {Prefix::all(Family::ipv4).text(), Prefix::all(Family::ipv6).text()});
    }
    for (ordered_json& pool : profile["pools"]) {
        fill_default(pool, "balance", "exporter");
        fill_default(pool, "all_down", "hold");
        fill_default(pool, "templates", pool["collectors"].size() > 1 && pool["balance"] != "flow" ? "on_move" : "off");
        for (ordered_json& collector : pool["collectors"]) {
            fill_default(collector, "weight", 1);
        }
        if (pool.contains("health")) {
            fill_health(pool["health"]);
        }
    }
    fill_ready(profile);
    if (profile.contains("metrics")) {
        fill_default(profile["metrics"], "every", "15s");
    }
    for (ordered_json& egress : profile["egress"]) {
        fill_way(egress);
        if (!egress.contains("standby")) {
            continue;
        }
        ordered_json& standby = egress["standby"];
        if (standby.is_object()) {
            fill_way(standby);
            continue;
        }
        for (ordered_json& way : standby) {
            fill_way(way);
        }
    }
}

void escape(ordered_json& value) {
    if (value.is_string()) {
        auto& text = value.get_ref<std::string&>();
        text = escape_dollars(text);
    }
    if (value.is_structured()) {
        for (ordered_json& below : value) {
            escape(below);
        }
    }
}

std::string one_line(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

bool is_flat(const ordered_json& value) {
    return std::ranges::none_of(value, [](const auto& below) { return below.is_structured(); });
}

void block(std::string& out, const ordered_json& value, const std::string& indent) {
    // In a list the first key of a mapping stands behind the dash.
    bool is_first = true;

    for (const auto& [key, below] : value.items()) {
        if (value.is_object()) {
            out += (is_first && out.ends_with("- ") ? "" : indent) + yaml_key(key) + ":";
        } else {
            out += indent + "-";
        }
        is_first = false;
        if (!below.is_structured() || is_flat(below)) {
            out += " " + yaml_flow(below) + "\n";
        } else if (value.is_object()) {
            out += "\n";
            block(out, below, indent + "  ");
        } else {
            out += " ";
            block(out, below, indent + "  ");
        }
    }
}

}  // namespace

ordered_json effective_value(const Node& root) {
    ordered_json profile = to_json(root);

    fill_defaults(profile);
    escape(profile);
    return profile;
}

std::string effective_json(const Node& root) { return one_line(effective_value(root)); }

std::string data_plane_json(const std::string& effective_json) {
    auto profile = ordered_json::parse(effective_json, nullptr, false);

    if (profile.is_object()) {
        profile.erase("ready");
        profile.erase("metrics");
    }
    return one_line(profile);
}

std::string to_yaml(const Profile& profile) {
    const auto value = ordered_json::parse(profile.effective_json, nullptr, false);
    std::string out;

    if (value.is_object()) {
        block(out, value, "");
    }
    return out;
}

}  // namespace xdpmirror
