// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One entry of `rules`.
#include <charconv>

#include "config/messages.h"
#include "config/protocol.h"
#include "config/read.h"
#include "config/suggest.h"
#include "maps/layout.h"

namespace xdpmirror {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    auto [stop, fault] = std::from_chars(text.data(), end, port);

    return fault == std::errc{} && stop == end && port != 0 ? std::optional(port) : std::nullopt;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    const auto last = text.find_last_not_of(' ');

    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, last - first + 1);
}

Result<PortRange> read_ports(const Node& node, const std::string& path) {
    if (node.kind == NodeKind::integer) {
        const auto port = static_cast<std::uint16_t>(node.integer);
        return PortRange{port, port};
    }
    const std::string_view text = node.text;
    const auto dash = text.find('-');
    const auto first = parse_port(trim(text.substr(0, dash)));
    const auto last =
        dash == std::string_view::npos ? first : parse_port(trim(text.substr(dash + 1)));
    if (!first || !last) {
        return error_at<Message::kBadPort>(node.place, node.text, path);
    }
    if (*first > *last) {
        return error_at<Message::kPortReversed>(node.place, node.text, path, *last, *first);
    }
    return PortRange{*first, *last};
}

// Nothing for "any".
Result<std::optional<std::uint8_t>> read_protocol(const Node& node, const std::string& path) {
    if (node.kind == NodeKind::integer) {
        return std::optional(static_cast<std::uint8_t>(node.integer));
    }
    const auto protocol = parse_protocol(node.text);
    if (!protocol && node.text != "any") {
        return error_at<Message::kUnknownProtocol>(
            node.place, node.text, path, did_you_mean(node.text, protocol_names(), "use"));
    }
    return protocol;
}

Result<Match> read_match(const Node& node, const std::string& path) {
    Match match;

    if (const Node* vni = node.find("vni")) {
        match.vni = static_cast<std::uint32_t>(vni->integer);
    }
    for (auto [key, field] : {std::pair{"from", &match.from}, {"to", &match.to}}) {
        if (const Node* prefix = node.find(key)) {
            auto value = read_prefix(*prefix, path + "." + key);
            if (!value) {
                return value.error();
            }
            *field = *value;
        }
    }
    if (match.from && match.to && match.from->address.family != match.to->address.family) {
        return error_at<Message::kMatchFamilies>(node.place, path, match.from->text(),
                                                 match.to->text());
    }
    if (const Node* protocol = node.find("protocol")) {
        auto value = read_protocol(*protocol, path + ".protocol");
        if (!value) {
            return value.error();
        }
        match.protocol = *value;
    }
    if (const Node* port = node.find("port")) {
        auto value = read_ports(*port, path + ".port");
        if (!value) {
            return value.error();
        }
        match.port = *value;
        if (!match.protocol || !has_ports(*match.protocol)) {
            return error_at<Message::kNoPorts>(port->place, path + ".port",
                                               protocol_name(match.protocol));
        }
    }
    return match;
}

Result<Send> read_send(const Node& node, std::optional<std::uint8_t> protocol,
                       const std::string& path) {
    Send send{node.find("to")->text};

    if (const Node* port = node.find("port")) {
        send.port = static_cast<std::uint16_t>(port->integer);
        if (!protocol || !can_change_port(*protocol)) {
            return error_at<Message::kFixedPort>(port->place, path + ".port",
                                                 protocol_name(protocol));
        }
    }
    return send;
}

// One mapping, or a list of them.
Result<std::vector<Send>> read_sends(const Node& node, std::optional<std::uint8_t> protocol,
                                     const std::string& path) {
    std::vector<Send> sends;

    if (node.kind != NodeKind::list) {
        auto send = read_send(node, protocol, path);
        if (!send) {
            return send.error();
        }
        sends.push_back(*std::move(send));
        return sends;
    }
    if (node.items.size() > XM_MAX_SENDS) {
        return error_at<Message::kTooManySends>(node.place, path, node.items.size(),
                                                static_cast<int>(XM_MAX_SENDS));
    }
    for (std::size_t i = 0; i < node.items.size(); i++) {
        auto send = read_send(node.items[i], protocol, fmt::format("{}[{}]", path, i));
        if (!send) {
            return send.error();
        }
        sends.push_back(*std::move(send));
    }
    return sends;
}

}  // namespace

Result<Rule> read_rule(const Node& node, const std::string& path) {
    Rule rule{node.find("name")->text, {}, {}, {}, node.place.position()};
    const Node& send = *node.find("send");

    if (const Node* node_match = node.find("match")) {
        auto match = read_match(*node_match, path + ".match");
        if (!match) {
            return match.error();
        }
        rule.match = *std::move(match);
    }
    auto sends = read_sends(send, rule.match.protocol, path + ".send");
    if (!sends) {
        return sends.error();
    }
    rule.pool = sends->front().pool;
    rule.port = sends->front().port;
    rule.copies.assign(sends->begin() + 1, sends->end());
    return rule;
}

std::vector<Send> sends_of(const Rule& rule) {
    std::vector<Send> sends{{rule.pool, rule.port}};

    sends.insert(sends.end(), rule.copies.begin(), rule.copies.end());
    return sends;
}

}  // namespace xdpmirror
