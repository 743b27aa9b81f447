// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One entry of `egress`.
#include <net/if.h>

#include <algorithm>

#include "config/messages.h"
#include "config/read.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kLongestInterface = IFNAMSIZ - 1;

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

// Checked as if it were used, so that a later version takes the same profile.
Result<Ok> check_standby(const Node& node, const std::string& path) {
    if (auto done = read_interface(*node.find("interface"), path + ".interface"); !done) {
        return done.error();
    }
    if (const Node* hop = node.find("next_hop")) {
        if (auto done = read_next_hop(*hop, path + ".next_hop"); !done) {
            return done.error();
        }
    }
    return Ok{};
}

}  // namespace

Result<Egress> read_egress(const Member& member, std::vector<Warning>& warnings) {
    const std::string path = "egress." + member.key;
    const Node& node = member.value;
    auto interface = read_interface(*node.find("interface"), path + ".interface");

    if (!interface) {
        return interface.error();
    }
    Egress egress{member.key, *std::move(interface), NextHopAuto{}, member.place.position(), false};
    if (const Node* hop = node.find("next_hop")) {
        auto choice = read_next_hop(*hop, path + ".next_hop");
        if (!choice) {
            return choice.error();
        }
        egress.next_hop = *choice;
    }
    const Node* oversize = node.find("oversize");
    egress.fragment = oversize && oversize->text == "fragment";
    if (const Member* standby = node.find_member("standby")) {
        if (auto done = check_standby(standby->value, path + ".standby"); !done) {
            return done.error();
        }
        const std::string consequence =
            fmt::format("nothing moves to {} when {} fails", standby->value.find("interface")->text,
                        egress.interface);
        warnings.push_back(warning_at<Message::kWarnNotActed>(standby->place.position(), "standby",
                                                              path, consequence));
    }
    return egress;
}

}  // namespace xdpmirror
