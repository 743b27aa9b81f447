// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What sources are and want: ways in and their ports, policies, and rows of xm_exporters.
#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "config/plan_parts.h"

namespace xdpmirror {
namespace {

constexpr std::uint32_t kSourceBits = 32;
constexpr std::uint32_t kMappedBits = 96;

std::uint32_t policy_of(const Source& source) {
    const std::pair<bool, std::uint32_t> wishes[] = {
        {source.strict, XM_POLICY_STRICT},
        {source.truncated_forward, XM_POLICY_TRUNCATED_FORWARD},
        {source.checksum == Checksum::zero, XM_POLICY_CHECKSUM_ZERO},
        {source.checksum == Checksum::recompute, XM_POLICY_CHECKSUM_RECOMPUTE},
        {!source.exporters.empty(), XM_POLICY_EXPORTERS},
        {source.other_pass, XM_POLICY_OTHER_PASS},
    };
    std::uint32_t policy = 0;

    for (const auto& [is_wished, bit] : wishes) {
        if (is_wished) {
            policy |= bit;
        }
    }
    return policy;
}

std::uint32_t feature_of(WayIn way) {
    switch (way) {
        case WayIn::vxlan:
            return XM_FEATURE_VXLAN;
        case WayIn::geneve:
            return XM_FEATURE_GENEVE;
        case WayIn::plain:
            break;
    }
    return XM_FEATURE_PLAIN;
}

xm_exporter_key trie_key(std::uint32_t source, const Prefix& prefix) {
    xm_exporter_key key{};

    key.source = htonl(source);
    if (prefix.address.family == Family::ipv4) {
        key.prefix_bits = kSourceBits + kMappedBits + prefix.length;
        key.addr[2] = htonl(0xffff);
        std::memcpy(&key.addr[3], prefix.address.bytes.data(), sizeof(key.addr[3]));
    } else {
        key.prefix_bits = kSourceBits + prefix.length;
        std::memcpy(key.addr, prefix.address.bytes.data(), sizeof(key.addr));
    }
    return key;
}

// IPv4 lies inside ::/0 in the trie: a row that allows nothing keeps short IPv6 prefixes from it.
bool needs_ipv4_barrier(const std::vector<Prefix>& prefixes) {
    const IpAddress mapped = IpAddress::parse("::ffff:0:0").value_or(IpAddress{});
    const bool is_open = std::ranges::any_of(prefixes, [&mapped](const Prefix& prefix) {
        return prefix.address.family == Family::ipv6 && prefix.contains(mapped);
    });

    return is_open && std::ranges::find(prefixes, Prefix::all(Family::ipv4)) == prefixes.end();
}

void plan_exporters(const Source& source, std::uint32_t row, Plan& plan) {
    for (const Prefix& prefix : source.exporters) {
        plan.exporters.emplace_back(trie_key(row, prefix), xm_exporter{1});
    }
    if (needs_ipv4_barrier(source.exporters)) {
        plan.exporters.emplace_back(trie_key(row, Prefix::all(Family::ipv4)), xm_exporter{0});
    }
}

}  // namespace

Result<Ok> plan_sources(const Config& config, Plan& plan) {
    for (std::uint32_t i = 0; i < config.sources.size(); i++) {
        const Source& source = config.sources[i];
        const xm_source row{.policy = policy_of(source)};

        plan.config.features |= feature_of(source.way);
        if (row.policy) {
            plan.config.features |= XM_FEATURE_POLICY;
        }
        if (source.way != WayIn::plain) {
            plan.config.vxlan_port = htons(source.vxlan_port);
        }
        if (source.way == WayIn::geneve) {
            plan.config.geneve_port = htons(source.geneve_port);
        }
        plan.sources.push_back(row);
        plan_exporters(source, i, plan);
        if (auto done = check_limit(source.position, plan.exporters.size(), XM_MAX_EXPORTERS,
                                    "prefixes in 'exporters'", "use wider prefixes");
            !done) {
            return done;
        }
    }
    return Ok{};
}

}  // namespace xdpmirror
