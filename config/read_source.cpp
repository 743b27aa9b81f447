// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One entry of `sources`.
#include <set>

#include "config/messages.h"
#include "config/read.h"

namespace xdpmirror {
namespace {

constexpr const char* kWays[] = {"vxlan", "geneve", "plain"};  // by WayIn

// The one way in that the source names.
Result<WayIn> read_way(const Node& node, const std::string& path) {
    std::optional<std::size_t> found;

    for (std::size_t way = 0; way < std::size(kWays); way++) {
        const Member* member = node.find_member(kWays[way]);
        if (member && found) {
            return error_at<Message::kTwoEncapsulations>(member->place, path, kWays[*found],
                                                         kWays[way]);
        }
        if (member) {
            found = way;
        }
    }
    if (!found) {
        return error_at<Message::kNoEncapsulation>(node.place, path);
    }
    return static_cast<WayIn>(*found);
}

// What speaks of a mirrored packet inside another.
Result<Ok> refuse_for_plain(const Node& node, const std::string& path) {
    constexpr std::pair<const char*, const char*> kCures[] = {
        {"strict", "there is no VXLAN header to be strict about, remove it"},
        {"exporters", "name them in 'from'"},
        {"truncated", "nothing cuts plain packets, remove it"},
    };

    for (const auto& [key, cure] : kCures) {
        if (const Member* member = node.find_member(key)) {
            return error_at<Message::kNotForPlain>(member->place, key, path, cure);
        }
    }
    return Ok{};
}

Result<std::vector<Prefix>> read_prefixes(const Node& from, const std::string& path) {
    std::vector<Prefix> prefixes;
    std::set<Prefix> seen;

    for (std::size_t i = 0; i < from.items.size(); i++) {
        const Node& item = from.items[i];
        auto prefix = read_prefix(item, fmt::format("{}[{}]", path, i));
        if (!prefix) {
            return prefix.error();
        }
        if (!seen.insert(*prefix).second) {
            return error_at<Message::kRepeatedPrefix>(item.place, prefix->text(), path);
        }
        prefixes.push_back(*prefix);
    }
    return prefixes;
}

void warn_any_sender(const Source& source, std::vector<Warning>& warnings) {
    bool all4 = false;
    bool all6 = false;

    for (const Prefix& prefix : source.from) {
        all4 = all4 || prefix == Prefix::all(Family::ipv4);
        all6 = all6 || prefix == Prefix::all(Family::ipv6);
    }
    if (all4 || all6) {
        const char* who = all4 && all6 ? "every sender"
                          : all4       ? "every IPv4 sender"
                                       : "every IPv6 sender";
        const auto port = source.way == WayIn::geneve ? source.geneve_port : source.vxlan_port;
        warnings.push_back(
            warning_at<Message::kWarnAnySender>(source.position, source.name, who, port));
    }
}

std::uint16_t port_or(const Node& node, std::uint16_t otherwise) {
    const Node* port = node.find("port");

    return port ? static_cast<std::uint16_t>(port->integer) : otherwise;
}

// One prefix or a list of them.
Result<std::vector<Prefix>> read_destinations(const Node& to, const std::string& path) {
    if (to.kind == NodeKind::list) {
        return read_prefixes(to, path);
    }
    auto prefix = read_prefix(to, path);
    if (!prefix) {
        return prefix.error();
    }
    return std::vector<Prefix>{*prefix};
}

Result<Ok> read_way_in(const Node& node, const std::string& path, Source& source) {
    const Node& way = *node.find(kWays[static_cast<std::size_t>(source.way)]);

    if (const Node* vni = way.find("vni")) {
        source.vni = static_cast<std::uint32_t>(vni->integer);
    }
    switch (source.way) {
        case WayIn::vxlan:
            source.vxlan_port = port_or(way, kVxlanPort);
            break;
        case WayIn::geneve: {
            const Node* other = way.find("other");
            source.geneve_port = port_or(way, kGenevePort);
            source.other_pass = other && other->text == "pass";
            break;
        }
        case WayIn::plain: {
            auto to = read_destinations(*way.find("to"), path + ".plain.to");
            if (!to) {
                return to.error();
            }
            source.to = *std::move(to);
            return refuse_for_plain(node, path);
        }
    }
    return Ok{};
}

void read_policy(const Node& node, Source& source) {
    const Node* strict = node.find("strict");
    const Node* truncated = node.find("truncated");
    const Node* checksum = node.find("checksum");

    source.strict = strict && strict->boolean;
    source.truncated_forward = truncated && truncated->text == "forward";
    if (checksum && checksum->text != "update") {
        source.checksum = checksum->text == "zero" ? Checksum::zero : Checksum::recompute;
    }
}

}  // namespace

Result<Source> read_source(const Node& node, const std::string& path,
                           std::vector<Warning>& warnings) {
    const auto way = read_way(node, path);
    if (!way) {
        return way.error();
    }
    Source source;
    source.name = node.find("name")->text;
    source.way = *way;
    source.position = node.place.position();
    if (auto done = read_way_in(node, path, source); !done) {
        return done.error();
    }
    read_policy(node, source);
    source.from = {Prefix::all(Family::ipv4), Prefix::all(Family::ipv6)};
    for (auto [key, field] : {std::pair{"from", &source.from}, {"exporters", &source.exporters}}) {
        if (const Node* list = node.find(key)) {
            auto prefixes = read_prefixes(*list, path + "." + key);
            if (!prefixes) {
                return prefixes.error();
            }
            *field = *std::move(prefixes);
        }
    }
    if (source.way != WayIn::plain) {
        warn_any_sender(source, warnings);
    }
    return source;
}

}  // namespace xdpmirror
