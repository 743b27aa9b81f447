// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One entry of `egress`.
#include <net/if.h>

#include <algorithm>
#include <map>

#include "config/duration.h"
#include "config/messages.h"
#include "config/read.h"
#include "maps/layout.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kLongestInterface = IFNAMSIZ - 1;
constexpr std::uint32_t kLocalTable = 255;  // RT_TABLE_LOCAL

// As the kernel's dev_valid_name().
bool is_interface_name(const std::string& name) {
    return !name.empty() && name.size() <= kLongestInterface && name != "." && name != ".." &&
           std::ranges::none_of(name, [](char c) {
               return c == '/' || c == ':' || c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
           });
}

Result<std::string> read_interface(const Node& node, const std::string& path) {
    if (!is_interface_name(node.text)) {
        return error_at<Message::kBadInterface>(node.place, node.text, path, kLongestInterface);
    }
    return node.text;
}

std::string why_no_neighbour(const MacAddress& mac) {
    if (mac == MacAddress{}) {
        return "the zero MAC address";
    }
    return mac.bytes[0] & 1 ? "a multicast MAC address" : "";
}

Result<NextHopChoice> read_next_hop(const Node& node, const std::string& path) {
    NextHopChoice choice;
    std::string why;

    if (node.text == "auto") {
        return choice;
    }
    if (const auto mac = MacAddress::parse(node.text)) {
        choice = *mac;
        why = why_no_neighbour(*mac);
    } else if (const auto address = IpAddress::parse(node.text)) {
        choice = *address;
        why = why_no_host(*address);
    } else {
        return error_at<Message::kBadNextHop>(node.place, node.text, path);
    }
    if (!why.empty()) {
        return error_at<Message::kNextHopAddress>(node.place, node.text, why);
    }
    return choice;
}

PathChoice path_named(const std::string& name) {
    constexpr std::pair<const char*, PathChoice> kNames[] = {{"redirect", PathChoice::redirect},
                                                             {"tx", PathChoice::tx},
                                                             {"tc", PathChoice::tc},
                                                             {"kernel", PathChoice::kernel}};
    for (const auto& [word, path] : kNames) {
        if (name == word) {
            return path;
        }
    }
    return PathChoice::automatic;
}

// What does not go with the way by which packets are handed over.
Result<Ok> check_path(const Node& node, const WayOut& way, const std::string& path) {
    const Node* hop = node.find("next_hop");
    const bool asks = way.path == PathChoice::tc || way.path == PathChoice::kernel;

    if (hop && asks && !std::holds_alternative<NextHopAuto>(way.next_hop)) {
        return error_at<Message::kNextHopOfKernel>(hop->place, hop->text, path,
                                                   node.find("path")->text);
    }
    for (const char* key : {"mark", "table"}) {
        if (const Node* policy = node.find(key); policy && way.path != PathChoice::kernel) {
            return error_at<Message::kPolicyWithoutKernel>(policy->place, key, path);
        }
    }
    if (way.mark == XM_FRAGMENT_MARK) {
        return error_at<Message::kMarkReserved>(node.find("mark")->place, way.mark, path);
    }
    if (way.table == kLocalTable) {
        return error_at<Message::kTableLocal>(node.find("table")->place, way.table, path);
    }
    return Ok{};
}

Result<WayOut> read_way(const Node& node, const std::string& path) {
    auto interface = read_interface(*node.find("interface"), path + ".interface");

    if (!interface) {
        return interface.error();
    }
    WayOut way{.interface = *std::move(interface), .position = node.place.position()};
    if (const Node* hop = node.find("next_hop")) {
        auto choice = read_next_hop(*hop, path + ".next_hop");
        if (!choice) {
            return choice.error();
        }
        way.next_hop = *choice;
    }
    if (const Node* how = node.find("path")) {
        way.path = path_named(how->text);
    }
    if (const Node* mtu = node.find("mtu")) {
        way.mtu = static_cast<std::uint32_t>(mtu->integer);
    }
    if (const Node* probe = node.find("probe")) {
        auto address = read_address(*probe, path + ".probe");
        if (!address) {
            return address.error();
        }
        if (const std::string why = why_no_host(*address); !why.empty()) {
            return error_at<Message::kProbeAddress>(probe->place, probe->text, why);
        }
        way.probe = *address;
    }
    if (way.path == PathChoice::kernel) {
        const Node* mark = node.find("mark");
        way.mark = mark ? static_cast<std::uint32_t>(mark->integer) : kDefaultMark;
    }
    if (const Node* table = node.find("table")) {
        way.table = static_cast<std::uint32_t>(table->integer);
    }
    if (auto done = check_path(node, way, path); !done) {
        return done.error();
    }
    return way;
}

Result<Ok> read_duration(const Node& parent, const char* key, const std::string& path,
                         std::chrono::seconds& to) {
    const Node* node = parent.find(key);

    if (!node) {
        return Ok{};
    }
    const auto time = parse_duration(node->text);
    if (!time) {
        return error_at<Message::kBadDuration>(node->place, path + "." + key, time.error().what);
    }
    to = *time;
    return Ok{};
}

Result<FailoverPolicy> read_failover(const Node& node, const std::string& path) {
    FailoverPolicy policy;

    if (auto done = read_duration(node, "hold_down", path, policy.hold_down); !done) {
        return done.error();
    }
    if (auto done = read_duration(node, "every", path, policy.every); !done) {
        return done.error();
    }
    if (const Node* fall = node.find("fall")) {
        policy.fall = static_cast<std::uint32_t>(fall->integer);
    }
    if (const Node* rise = node.find("rise")) {
        policy.rise = static_cast<std::uint32_t>(rise->integer);
    }
    return policy;
}

std::string table_text(std::uint32_t table) {
    return table == 0 ? "no table" : fmt::format("table {}", table);
}

}  // namespace

// The kernel sees the mark of a packet, not the way that it was meant for.
Result<Ok> check_tables(const std::vector<Egress>& egresses) {
    std::map<std::uint32_t, const WayOut*> first;  // by mark

    for (const Egress& egress : egresses) {
        for (const WayOut& way : egress.ways) {
            const auto [found, is_new] = first.try_emplace(way.mark, &way);
            const WayOut& other = *found->second;
            if (way.mark != 0 && other.table != way.table) {
                return error_at<Message::kMarkTables>(
                    way.position, way.mark, table_text(way.table), way.interface,
                    table_text(other.table), other.interface, other.position.text());
            }
        }
    }
    return Ok{};
}

std::vector<const Node*> nodes_of_ways(const Node& egress) {
    std::vector<const Node*> nodes = {&egress};
    const Node* standby = egress.find("standby");

    if (standby && standby->kind == NodeKind::mapping) {
        nodes.push_back(standby);
    } else if (standby) {
        for (const Node& each : standby->items) {
            nodes.push_back(&each);
        }
    }
    return nodes;
}

Result<Egress> read_egress(const Member& member) {
    const std::string path = "egress." + member.key;
    const auto nodes = nodes_of_ways(member.value);
    const bool is_list = nodes.size() > 1 && nodes[1] != member.value.find("standby");
    Egress egress{.name = member.key, .ways = {}, .position = member.place.position()};

    for (std::size_t i = 0; i < nodes.size(); i++) {
        const std::string name = i == 0    ? path
                                 : is_list ? fmt::format("{}.standby[{}]", path, i - 1)
                                           : path + ".standby";
        auto way = read_way(*nodes[i], name);
        if (!way) {
            return way.error();
        }
        for (const WayOut& other : egress.ways) {
            if (other.interface == way->interface && other.path == way->path) {
                return error_at<Message::kWayTwice>(nodes[i]->find("interface")->place, name,
                                                    way->interface, other.position.text());
            }
        }
        egress.ways.push_back(*std::move(way));
    }
    if (const Node* failover = member.value.find("failover")) {
        auto policy = read_failover(*failover, path + ".failover");
        if (!policy) {
            return policy.error();
        }
        egress.failover = *policy;
    }
    const Node* oversize = member.value.find("oversize");
    egress.fragment = oversize && oversize->text == "fragment";
    return egress;
}

}  // namespace xdpmirror
