// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Addresses to listen on are numbers: names would be looked up at a moment when nothing may be
// waited for.
#include "config/read_ready.h"

#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "config/messages.h"
#include "config/read.h"
#include "config/suggest.h"

namespace xdpmirror {

std::string ListenAddress::text() const {
    const bool is_ipv6 = address.family == Family::ipv6;
    return (is_ipv6 ? "[" + address.text() + "]" : address.text()) + ":" + std::to_string(port);
}

bool ListenAddress::overlaps(const ListenAddress& other) const {
    return port == other.port && address.family == other.address.family &&
           (address == other.address || address.is_unspecified() || other.address.is_unspecified());
}

const char* need_name(Need need) {
    switch (need) {
        case Need::attached:
            return "attached";
        case Need::egress:
            return "egress";
        case Need::next_hop:
            return "next_hop";
        default:
            return "collectors";
    }
}

bool Ready::needs_that(Need need) const {
    return std::ranges::find(needs, need) != needs.end();
}

bool Ready::counts(const std::string& pool) const {
    return pools.empty() || std::ranges::find(pools, pool) != pools.end();
}

namespace {

// With the place that an error about it names.
struct Listener {
    ListenAddress at;
    Place place;
};

// "192.0.2.1:9436" or "[2001:db8::1]:9436".
std::optional<ListenAddress> parse_listen(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    std::string host = text.substr(0, colon);
    const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    host = in_brackets ? host.substr(1, host.size() - 2) : host;
    const auto address = IpAddress::parse(host);
    if (!address || in_brackets != (address->family == Family::ipv6)) {
        return std::nullopt;
    }
    ListenAddress at{*address, 0};
    const char* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data() + colon + 1, end, at.port);
    if (fault != std::errc{} || stop != end || at.port == 0) {
        return std::nullopt;
    }
    return at;
}

Result<Listener> read_listen(const Node& node, const std::string& path) {
    const auto at = parse_listen(node.text);

    if (!at) {
        return error_at<Message::kBadListen>(node.place, node.text, path);
    }
    const bool is_here = at->address.is_unspecified() || at->address.is_loopback();
    if (const std::string why = is_here ? "" : why_no_host(at->address); !why.empty()) {
        return error_at<Message::kListenAddress>(node.place, at->address.text(), path, why);
    }
    return Listener{*at, node.place};
}

// One address, or a list of them; all but the first may not overlap with what is there.
Result<std::vector<ListenAddress>> read_listeners(const Node* node, const std::string& path,
                                                  std::vector<Listener>& all) {
    std::vector<ListenAddress> read;
    if (!node) {
        return read;
    }
    const bool is_list = node->kind == NodeKind::list;
    const std::size_t count = is_list ? node->items.size() : 1;

    for (std::size_t i = 0; i < count; i++) {
        auto one = read_listen(is_list ? node->items[i] : *node,
                               is_list ? fmt::format("{}[{}]", path, i) : path);
        if (!one) {
            return one.error();
        }
        for (const Listener& other : all) {
            if (one->at.overlaps(other.at)) {
                return error_at<Message::kListenTwice>(one->place, one->at.text(), other.at.text(),
                                                       other.place.position().text());
            }
        }
        read.push_back(one->at);
        all.push_back(*std::move(one));
    }
    return read;
}

std::vector<Need> read_needs(const Node& list) {
    std::vector<Need> needs;

    for (const Need need : kNeeds) {
        if (std::ranges::any_of(
                list.items, [need](const Node& item) { return item.text == need_name(need); })) {
            needs.push_back(need);
        }
    }
    return needs;
}

Result<std::vector<std::string>> read_pools(const Node& list, const Config& config) {
    std::vector<std::string> known;
    std::vector<std::string> pools;

    for (const Pool& pool : config.pools) {
        known.push_back(pool.name);
    }
    for (std::size_t i = 0; const Node& item : list.items) {
        if (std::ranges::find(known, item.text) == known.end()) {
            return error_at<Message::kUnknownPool>(item.place, item.text,
                                                   fmt::format("ready.pools[{}]", i),
                                                   did_you_mean(item.text, known, "known pools"));
        }
        pools.push_back(item.text);
        i++;
    }
    return pools;
}

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

// Whoever asks would be forwarded to a collector.
void warn_of_claims(const Config& config, const std::vector<Listener>& listeners,
                    std::vector<Warning>& warnings) {
    for (const Listener& listener : listeners) {
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

}  // namespace

Result<Ready> read_ready(const Node& root, const Config& config, std::vector<Warning>& warnings) {
    const Member* member = root.find_member("ready");
    std::vector<Listener> listeners;
    Ready ready;

    if (!member) {
        return ready;
    }
    for (const auto& [key, to] : {std::pair{"http", &ready.http}, {"tcp", &ready.tcp}}) {
        auto read =
            read_listeners(member->value.find(key), fmt::format("ready.{}", key), listeners);
        if (!read) {
            return read.error();
        }
        *to = *std::move(read);
    }
    if (const Node* needs = member->value.find("needs")) {
        ready.needs = read_needs(*needs);
    }
    if (const Node* pools = member->value.find("pools")) {
        auto read = read_pools(*pools, config);
        if (!read) {
            return read.error();
        }
        ready.pools = *std::move(read);
    }
    if (listeners.empty()) {
        warnings.push_back(warning_at<Message::kWarnReadySilent>(member->place.position()));
    }
    warn_of_claims(config, listeners, warnings);
    return ready;
}

void fill_ready(nlohmann::ordered_json& profile) {
    if (!profile.contains("ready")) {
        return;
    }
    nlohmann::ordered_json& ready = profile["ready"];
    for (const char* key : {"needs", "pools"}) {
        if (ready.contains(key)) {
            continue;
        }
        ready[key] = nlohmann::ordered_json::array();
    }
    if (ready["needs"].empty()) {
        for (const Need need : kNeeds) {
            ready["needs"].push_back(need_name(need));
        }
    }
    if (ready["pools"].empty()) {
        for (const auto& [name, pool] : profile["pools"].items()) {
            ready["pools"].push_back(name);
        }
    }
}

}  // namespace xdpmirror
