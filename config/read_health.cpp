// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What goes into a request is held to characters that can end neither a line nor a header.
#include "config/read_health.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "config/duration.h"
#include "config/messages.h"
#include "config/secret.h"

namespace xdpmirror {
namespace {

constexpr std::uint16_t kFirstStatus = 200;  // 1xx is never the last answer, RFC 9110 section 15.2
constexpr std::uint16_t kLastStatus = 599;
constexpr const char* kKinds[] = {"tcp", "http", "icmp", "udp"};

std::uint16_t port_of(const Node& kind) {
    return static_cast<std::uint16_t>(kind.find("port")->integer);
}

// An origin-form target, RFC 9112 section 3.2.1; a fragment would not be sent.
bool is_path(const std::string& text) {
    return text.starts_with('/') && std::ranges::all_of(text, [](char c) {
               return c > ' ' && c < 0x7f && c != '#' && c != '"' && c != '<' && c != '>' &&
                      c != '\\';
           });
}

// A name or an address, with or without a port.
bool is_host(const std::string& text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
           });
}

std::optional<std::uint16_t> parse_status(const char* begin, const char* end) {
    std::uint16_t status = 0;
    const auto [stop, fault] = std::from_chars(begin, end, status);

    if (fault != std::errc{} || stop != end || status < kFirstStatus || status > kLastStatus) {
        return std::nullopt;
    }
    return status;
}

// "204" or "200-299".
std::optional<StatusRange> parse_range(const std::string& text) {
    const char* const end = text.data() + text.size();
    const char* const dash = std::find(text.data(), end, '-');
    const auto first = parse_status(text.data(), dash);
    const auto last = dash == end ? first : parse_status(dash + 1, end);

    if (!first || !last || *first > *last) {
        return std::nullopt;
    }
    return StatusRange{*first, *last};
}

Result<std::vector<StatusRange>> read_status(const Node& node, const std::string& path) {
    const bool is_list = node.kind == NodeKind::list;
    const std::size_t count = is_list ? node.items.size() : 1;
    std::vector<StatusRange> status;

    for (std::size_t i = 0; i < count; i++) {
        const Node& item = is_list ? node.items[i] : node;
        const auto range = parse_range(item.text);
        if (!range) {
            return error_at<Message::kBadStatus>(
                item.place, item.text, is_list ? fmt::format("{}[{}]", path, i) : path,
                kFirstStatus, kLastStatus);
        }
        status.push_back(*range);
    }
    return status;
}

Result<HttpCheck> read_http(const Node& node, const std::string& path) {
    HttpCheck check;

    check.port = port_of(node);
    if (const Node* target = node.find("path")) {
        if (!is_path(target->text)) {
            return error_at<Message::kBadHttpPath>(target->place, target->text, path + ".path");
        }
        if (const auto secret = secret_parameter(target->text); !secret.empty()) {
            return error_at<Message::kParameterSecret>(target->place, secret, path + ".path");
        }
        check.path = target->text;
    }
    if (const Node* host = node.find("host")) {
        if (!is_host(host->text)) {
            return error_at<Message::kBadHttpHost>(host->place, host->text, path + ".host");
        }
        check.host = host->text;
    }
    if (const Node* codes = node.find("status")) {
        auto status = read_status(*codes, path + ".status");
        if (!status) {
            return status.error();
        }
        check.status = *std::move(status);
    }
    return check;
}

// The one key that says what is asked.
Result<const Member*> kind_of(const Node& node, const std::string& path) {
    const Member* kind = nullptr;

    for (const Member& member : node.members) {
        if (std::ranges::find(kKinds, member.key) == std::end(kKinds)) {
            continue;
        }
        if (kind) {
            return error_at<Message::kTwoHealthKinds>(member.place, path, kind->key, member.key);
        }
        kind = &member;
    }
    if (!kind) {
        return error_at<Message::kNoHealthKind>(node.place, path);
    }
    return kind;
}

Result<Ok> read_check(const Node& node, const std::string& path, Health& health) {
    const auto kind = kind_of(node, path);

    if (!kind) {
        return kind.error();
    }
    const std::string& key = (*kind)->key;
    const Node& value = (*kind)->value;
    if (key == "http") {
        auto http = read_http(value, path + ".http");
        if (!http) {
            return http.error();
        }
        health.check = *std::move(http);
    } else if (key == "tcp") {
        health.check = TcpCheck{port_of(value)};
    } else if (key == "udp") {
        health.check = UdpCheck{port_of(value)};
    } else {
        health.check = IcmpCheck{};
    }
    return Ok{};
}

Result<Ok> read_interval(const Node& parent, const char* key, const std::string& path,
                         std::chrono::milliseconds& to) {
    const Node* node = parent.find(key);

    if (!node) {
        return Ok{};
    }
    const auto time = parse_interval(node->text);
    if (!time) {
        return error_at<Message::kBadDuration>(node->place, path + "." + key, time.error().what);
    }
    to = *time;
    return Ok{};
}

}  // namespace

Result<Health> read_health(const Node& node, const std::string& path) {
    Health health;

    if (auto done = read_check(node, path, health); !done) {
        return done.error();
    }
    if (auto done = read_interval(node, "every", path, health.every); !done) {
        return done.error();
    }
    if (auto done = read_interval(node, "timeout", path, health.timeout); !done) {
        return done.error();
    }
    if (health.timeout > health.every) {
        const Member* said = node.find_member("timeout");
        said = said ? said : node.find_member("every");
        return error_at<Message::kHealthTimeout>(said->place, path, health.timeout.count(),
                                                 health.every.count());
    }
    if (const Node* rise = node.find("rise")) {
        health.rise = static_cast<std::uint32_t>(rise->integer);
    }
    if (const Node* fall = node.find("fall")) {
        health.fall = static_cast<std::uint32_t>(fall->integer);
    }
    return health;
}

void fill_health(nlohmann::ordered_json& health) {
    const Health defaults;
    const HttpCheck http;
    const auto fill = [](nlohmann::ordered_json& mapping, const char* key, const auto& value) {
        if (!mapping.contains(key)) {
            mapping[key] = value;
        }
    };

    if (health.contains("http")) {
        fill(health["http"], "path", http.path);
        fill(health["http"], "status", http.status[0].first);
    }
    fill(health, "every", interval_text(defaults.every));
    fill(health, "timeout", interval_text(defaults.timeout));
    fill(health, "rise", defaults.rise);
    fill(health, "fall", defaults.fall);
}

}  // namespace xdpmirror
