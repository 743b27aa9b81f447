// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// All parts of a profile, in the order of the profile.
#include "config/messages.h"
#include "config/read.h"
#include "config/read_metrics.h"
#include "config/read_ready.h"

namespace xdpmirror {

std::string Position::text() const {
    return line ? fmt::format("{}:{}:{}", file, line, column) : file;
}

namespace {

// Inside Geneve, VXLAN has the port that it has elsewhere in the profile.
void share_vxlan_port(std::vector<Source>& sources) {
    std::uint16_t port = kVxlanPort;

    for (const Source& source : sources) {
        if (source.way == WayIn::vxlan) {
            port = source.vxlan_port;
        }
    }
    for (Source& source : sources) {
        if (source.way == WayIn::geneve) {
            source.vxlan_port = port;
        }
    }
}

}  // namespace

Result<Config> read_config(const Node& root, std::vector<Warning>& warnings) {
    Config config;

    for (std::size_t i = 0; const Node& node : root.find("sources")->items) {
        auto source = read_source(node, fmt::format("sources[{}]", i++), warnings);
        if (!source) {
            return source.error();
        }
        config.sources.push_back(*std::move(source));
    }
    share_vxlan_port(config.sources);
    for (std::size_t i = 0; const Node& node : root.find("rules")->items) {
        auto rule = read_rule(node, fmt::format("rules[{}]", i++));
        if (!rule) {
            return rule.error();
        }
        config.rules.push_back(*std::move(rule));
    }
    for (const Member& member : root.find("pools")->members) {
        auto pool = read_pool(member);
        if (!pool) {
            return pool.error();
        }
        config.pools.push_back(*std::move(pool));
    }
    for (const Member& member : root.find("egress")->members) {
        auto egress = read_egress(member);
        if (!egress) {
            return egress.error();
        }
        config.egress.push_back(*std::move(egress));
    }
    if (auto done = check_tables(config.egress); !done) {
        return done.error();
    }
    Listeners listeners;
    auto ready = read_ready(root, config, listeners, warnings);
    if (!ready) {
        return ready.error();
    }
    config.ready = *std::move(ready);
    auto metrics = read_metrics(root, listeners, warnings);
    if (!metrics) {
        return metrics.error();
    }
    config.metrics = *std::move(metrics);
    listeners.warn_of_claims(config, warnings);
    return config;
}

}  // namespace xdpmirror
