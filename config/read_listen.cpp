// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/read_listen.h"

#include <fmt/core.h>
#include <netinet/in.h>

#include <algorithm>

#include "config/messages.h"
#include "config/read.h"

namespace xdpmirror {
namespace {

// Does the rule take TCP to this address from those that plain packets are claimed for?
bool takes(const Rule& rule, const Source& source, const ListenAddress& at) {
    const auto holds = [&at](const Prefix& prefix) {
        return at.address.is_unspecified() ? prefix.address.family == at.address.family
                                           : prefix.contains(at.address);
    };
    const Match& match = rule.match;
    const auto port = match.port.value_or(PortRange{0, 65535});

    return source.way == WayIn::plain && !match.vni && !at.address.is_loopback() &&
           (!match.protocol || *match.protocol == IPPROTO_TCP) && port.first <= at.port &&
           at.port <= port.last && (!match.to || holds(*match.to)) &&
           std::ranges::any_of(source.to, holds);
}

}  // namespace

Result<Listeners::Listener> Listeners::read_one(const Node& node, const std::string& path) {
    const auto at = ListenAddress::parse(node.text);

    if (!at) {
        return error_at<Message::kBadListen>(node.place, node.text, path);
    }
    const bool is_here = at->address.is_unspecified() || at->address.is_loopback();
    if (const std::string why = is_here ? "" : why_no_host(at->address); !why.empty()) {
        return error_at<Message::kListenAddress>(node.place, at->address.text(), path, why);
    }
    return Listener{*at, node.place};
}

Result<std::vector<ListenAddress>> Listeners::read(const Node* node, const std::string& path) {
    std::vector<ListenAddress> read;
    if (!node) {
        return read;
    }
    const bool is_list = node->kind == NodeKind::list;
    const std::size_t count = is_list ? node->items.size() : 1;

    for (std::size_t i = 0; i < count; i++) {
        auto one = read_one(is_list ? node->items[i] : *node,
                            is_list ? fmt::format("{}[{}]", path, i) : path);
        if (!one) {
            return one.error();
        }
        for (const Listener& other : all_) {
            if (one->at.overlaps(other.at)) {
                return error_at<Message::kListenTwice>(one->place, one->at.text(), other.at.text(),
                                                       other.place.position().text());
            }
        }
        read.push_back(one->at);
        all_.push_back(*std::move(one));
    }
    return read;
}

void Listeners::warn_of_claims(const Config& config, std::vector<Warning>& warnings) const {
    for (const Listener& listener : all_) {
        for (const Source& source : config.sources) {
            const auto rule = std::ranges::find_if(
                config.rules, [&](const Rule& each) { return takes(each, source, listener.at); });
            if (rule != config.rules.end()) {
                warnings.push_back(warning_at<Message::kWarnReadyClaimed>(
                    listener.place.position(), rule->name, listener.at.port, source.name));
            }
        }
    }
}

}  // namespace xdpmirror
