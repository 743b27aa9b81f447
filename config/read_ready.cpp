// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/read_ready.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/messages.h"
#include "config/read.h"
#include "config/suggest.h"

namespace xdpmirror {

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

}  // namespace

Result<Ready> read_ready(const Node& root, const Config& config, Listeners& listeners,
                         std::vector<Warning>& warnings) {
    const Member* member = root.find_member("ready");
    Ready ready;

    if (!member) {
        return ready;
    }
    for (const auto& [key, to] : {std::pair{"http", &ready.http}, {"tcp", &ready.tcp}}) {
        auto read = listeners.read(member->value.find(key), fmt::format("ready.{}", key));
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
    if (ready.http.empty() && ready.tcp.empty()) {
        warnings.push_back(warning_at<Message::kWarnReadySilent>(member->place.position()));
    }
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
