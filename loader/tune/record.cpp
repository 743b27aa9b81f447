// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/tune/record.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

bool same_setting(const Change& a, const Change& b) {
    return a.kind == b.kind && a.interface == b.interface && a.name == b.name;
}

Json to_json(const Change& change) {
    return {{"kind", to_text(change.kind)},
            {"interface", change.interface},
            {"name", change.name},
            {"value", change.value}};
}

std::string text_at(const Json& json, const char* key) {
    return json.at(key).get<std::string>();
}

std::optional<TuneStep> step_from(const Json& json) {
    const auto& undo = json.at("undo");
    const auto kind = change_kind(text_at(undo, "kind"));
    if (!kind) return std::nullopt;
    TuneStep step;
    step.what = text_at(json, "what");
    step.from = text_at(json, "from");
    step.to = text_at(json, "to");
    step.undo = {.kind = *kind,
                 .interface = text_at(undo, "interface"),
                 .name = text_at(undo, "name"),
                 .value = text_at(undo, "value")};
    return step;
}

}  // namespace

void TuneRecord::add(const TuneStep& step) {
    for (auto& known : steps) {
        if (!same_setting(known.undo, step.undo)) continue;
        known.to = step.to;
        return;
    }
    steps.push_back(step);
}

void TuneRecord::remove(const TuneStep& step) {
    std::erase_if(steps,
                  [&](const TuneStep& known) { return same_setting(known.undo, step.undo); });
}

std::string to_json(const TuneRecord& record) {
    Json steps = Json::array();
    for (const auto& step : record.steps)
        steps.push_back({{"what", step.what},
                         {"from", step.from},
                         {"to", step.to},
                         {"undo", to_json(step.undo)}});
    const Json json = {{"version", kVersion},
                       {"interface", record.interface},
                       {"mac", record.mac},
                       {"boot", record.boot},
                       {"steps", steps}};
    return json.dump(2) + "\n";
}

Result<TuneRecord> parse_record(const std::string& text, const std::string& path) {
    const Error unusable{
        path + " is not a record of tune; what it was set to is lost, remove it: rm " + path};
    try {
        const auto json = Json::parse(text);
        if (json.at("version") != kVersion) return unusable;
        TuneRecord record;
        record.interface = text_at(json, "interface");
        record.mac = text_at(json, "mac");
        record.boot = text_at(json, "boot");
        for (const auto& entry : json.at("steps")) {
            auto step = step_from(entry);
            if (!step) return unusable;
            record.steps.push_back(std::move(*step));
        }
        return record;
    } catch (const Json::exception&) {
        return unusable;
    }
}

}  // namespace xdpmirror
