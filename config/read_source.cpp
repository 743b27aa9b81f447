// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One entry of `sources`.
#include <set>

#include "config/messages.h"
#include "config/read.h"

namespace xdpmirror {
namespace {

// What the vocabulary has and this version would have to do differently.
Result<Ok> refuse_later_features(const Node& node, const std::string& path) {
    for (const char* key : {"geneve", "plain"}) {
        if (const Member* member = node.find_member(key)) {
            return error_at<Message::kNotInVersion>(member->place, path + "." + key,
                                                    "give the source 'vxlan'");
        }
    }
    const Node* truncated = node.find("truncated");
    if (truncated && truncated->text != "drop") {
        return error_at<Message::kNotInVersion>(truncated->place, path + ".truncated: forward",
                                                "truncated packets are dropped, use 'drop'");
    }
    const Node* checksum = node.find("checksum");
    if (checksum && checksum->text != "update") {
        return error_at<Message::kNotInVersion>(checksum->place,
                                                path + ".checksum: " + checksum->text,
                                                "checksums are updated, use 'update'");
    }
    return Ok{};
}

Result<std::vector<Prefix>> read_senders(const Node& from, const std::string& path) {
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
        warnings.push_back(warning_at<Message::kWarnAnySender>(source.position, source.name, who,
                                                               source.vxlan_port));
    }
}

}  // namespace

Result<Source> read_source(const Node& node, const std::string& path,
                           std::vector<Warning>& warnings) {
    if (auto done = refuse_later_features(node, path); !done) {
        return done.error();
    }
    const Node* vxlan = node.find("vxlan");
    if (!vxlan) {
        return error_at<Message::kNoEncapsulation>(node.place, path);
    }
    const Node* port = vxlan->find("port");
    Source source{node.find("name")->text,
                  static_cast<std::uint32_t>(vxlan->find("vni")->integer),
                  port ? static_cast<std::uint16_t>(port->integer) : kVxlanPort,
                  {},
                  node.place.position()};
    if (const Node* from = node.find("from")) {
        auto senders = read_senders(*from, path + ".from");
        if (!senders) {
            return senders.error();
        }
        source.from = *std::move(senders);
    } else {
        source.from = {Prefix::all(Family::ipv4), Prefix::all(Family::ipv6)};
    }
    warn_any_sender(source, warnings);
    return source;
}

}  // namespace xdpmirror
