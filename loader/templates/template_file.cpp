// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/template_file.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "loader/whole_file.h"

namespace xdpmirror {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLargestMessage = 65000;

std::string path_of(const std::string& interface) { return "/run/xdpmirror/" + interface + ".templates"; }

Json stream_json(const ExportStream& stream, const TemplateMemory::Known& known, const std::string& rule) {
    Json messages = Json::array();
    for (const auto& message : write_export_messages(stream.protocol, known.header, known.templates, kLargestMessage))
        messages.push_back(Json::binary(message));
    return {{"rule", rule},
            {"from", stream.from.text()},
            {"from_port", stream.from_port},
            {"to", stream.to.text()},
            {"to_port", stream.to_port},
            {"hops", known.hops},
            {"tos", known.tos},
            {"bytes", known.bytes},
            {"seen_ns", known.seen.time_since_epoch().count()},
            {"messages", messages}};
}

// A number below `limit`, or nothing.
template <class Number>
bool take(const Json& json, const char* key, Number& number, std::uint64_t limit) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() >= limit) return false;
    number = static_cast<Number>(found->get<std::uint64_t>());
    return true;
}

bool take(const Json& json, const char* key, IpAddress& address) {
    const auto found = json.find(key);
    const auto parsed = found != json.end() && found->is_string()
                            ? IpAddress::parse(found->get_ref<const std::string&>())
                            : std::nullopt;
    if (parsed) address = *parsed;
    return parsed.has_value();
}

bool add_stream(const Json& json, const Config& config, TemplateMemory& memory) {
    ExportStream stream;
    TemplateMemory::Known known;
    std::uint64_t seen = 0;
    const bool sound = json.is_object() && take(json, "from", stream.from) && take(json, "to", stream.to) &&
                       take(json, "from_port", stream.from_port, 65536) &&
                       take(json, "to_port", stream.to_port, 65536) && take(json, "hops", known.hops, 256) &&
                       take(json, "tos", known.tos, 256) && take(json, "bytes", known.bytes, 65536) &&
                       take(json, "seen_ns", seen, std::uint64_t{1} << 62) && json.contains("rule") &&
                       json["rule"].is_string() && json.contains("messages") && json["messages"].is_array();
    if (!sound) return false;
    const auto rule = std::ranges::find(config.rules, json["rule"].get_ref<const std::string&>(), &Rule::name);
    if (rule == config.rules.end()) return true;
    stream.rule = static_cast<std::uint32_t>(rule - config.rules.begin());
    for (const auto& binary : json["messages"]) {
        if (!binary.is_binary()) return false;
        const auto message = read_export_message(binary.get_binary());
        if (!message) return false;
        stream.protocol = message->protocol;
        stream.domain = message->domain;
        memory.learn(stream, *message, known, TemplateMemory::Time(std::chrono::nanoseconds(seen)));
    }
    return true;
}

}  // namespace

std::string write_templates(const TemplateMemory& memory, const Config& config) {
    Json streams = Json::array();
    for (const auto& [stream, known] : memory.streams())
        streams.push_back(stream_json(stream, known, config.rules[stream.rule].name));
    std::string text;
    Json::to_cbor(streams, text);
    return text;
}

Result<> read_templates(const std::string& text, const Config& config, TemplateMemory& memory) {
    const auto streams = Json::from_cbor(text, true, false);
    const bool sound = streams.is_array() && std::ranges::all_of(streams, [&](const Json& stream) {
        return add_stream(stream, config, memory);
    });
    if (!sound) return Error{"it is not what xdpmirror has written"};
    return Ok{};
}

Result<> save_templates(const std::string& interface, const TemplateMemory& memory, const Config& config) {
    return write_whole_file(path_of(interface), write_templates(memory, config), 0640);
}

Result<> load_templates(const std::string& interface, const Config& config, TemplateMemory& memory) {
    std::ifstream file(path_of(interface), std::ios::binary);
    if (!file) return Ok{};
    std::ostringstream text;
    text << file.rdbuf();
    if (auto read = read_templates(text.str(), config, memory); !read)
        return while_doing("templates of " + path_of(interface), read.error());
    return Ok{};
}

void remove_templates(const std::string& interface) { ::unlink(path_of(interface).c_str()); }

}  // namespace xdpmirror
