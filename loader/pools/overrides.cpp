// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/pools/overrides.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "loader/readers.h"
#include "loader/whole_file.h"

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kDirectory = "/var/lib/xdpmirror";
constexpr std::uint32_t kMaxWeight = 1000;  // as in the profile's schema

std::string path_of(const std::string& interface) {
    return std::string(kDirectory) + "/" + interface + ".pools";
}

Error unreadable(const std::string& path) {
    return Error{path + " is not what xdpmirror has written; mend it, or remove it to forget what was "
                        "drained"};
}

std::optional<Override> parse_override(const Json& json) {
    if (!json.is_object()) return std::nullopt;
    Override parsed;
    for (const auto& [key, value] : json.items()) {
        if (key == "drained" && value.is_boolean())
            parsed.drained = value.get<bool>();
        else if (key == "weight" && value.is_number_unsigned() && value.get<std::uint64_t>() <= kMaxWeight)
            parsed.weight = value.get<std::uint32_t>();
        else
            return std::nullopt;
    }
    return parsed;
}

const Override* find(const Overrides& overrides, const Pool& pool, const Collector& collector) {
    const auto of_pool = overrides.find(pool.name);
    if (of_pool == overrides.end()) return nullptr;
    const auto found = of_pool->second.find(collector.address.text());
    return found == of_pool->second.end() ? nullptr : &found->second;
}

}  // namespace

Result<Overrides> read_overrides(const std::string& interface) {
    const auto path = path_of(interface);
    std::ifstream file(path);
    if (const int err = errno; !file && err == EACCES) return not_a_reader(path, err);
    if (!file) return Overrides{};
    std::ostringstream text;
    text << file.rdbuf();
    const auto json = Json::parse(text.str(), nullptr, false);
    if (!json.is_object()) return unreadable(path);
    Overrides overrides;
    for (const auto& [pool, collectors] : json.items()) {
        if (!collectors.is_object()) return unreadable(path);
        for (const auto& [collector, said] : collectors.items()) {
            const auto parsed = parse_override(said);
            if (!parsed) return unreadable(path);
            overrides[pool][collector] = *parsed;
        }
    }
    return overrides;
}

Result<> write_overrides(const std::string& interface, const Overrides& overrides) {
    Json json = Json::object();
    for (const auto& [pool, collectors] : overrides) {
        for (const auto& [collector, said] : collectors) {
            if (said == Override{}) continue;
            Json one = Json::object();
            if (said.drained) one["drained"] = true;
            if (said.weight) one["weight"] = *said.weight;
            json[pool][collector] = one;
        }
    }
    if (::mkdir(kDirectory, 0755) != 0 && errno != EEXIST) {
        const int err = errno;
        return system_error(std::string("create ") + kDirectory, err);
    }
    return write_whole_file(path_of(interface), json.dump(2) + "\n", 0644);
}

std::vector<std::string> overridden_interfaces() {
    const std::string suffix = path_of("").substr(std::string(kDirectory).size() + 1);
    std::vector<std::string> interfaces;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(kDirectory, none)) {
        const auto name = entry.path().filename().string();
        if (name.size() > suffix.size() && name.ends_with(suffix))
            interfaces.push_back(name.substr(0, name.size() - suffix.size()));
    }
    std::sort(interfaces.begin(), interfaces.end());
    return interfaces;
}

Config with_weights(const Config& config, const Overrides& overrides) {
    Config changed = config;
    for (auto& pool : changed.pools) {
        for (auto& collector : pool.collectors) {
            const auto* said = find(overrides, pool, collector);
            if (said != nullptr && said->weight) collector.weight = *said->weight;
        }
    }
    return changed;
}

std::vector<bool> drained_collectors(const Config& config, const Overrides& overrides) {
    std::vector<bool> drained;
    for (const auto& pool : config.pools) {
        for (const auto& collector : pool.collectors) {
            const auto* said = find(overrides, pool, collector);
            drained.push_back(said != nullptr && said->drained);
        }
    }
    return drained;
}

}  // namespace xdpmirror
