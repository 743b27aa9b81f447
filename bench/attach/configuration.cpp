// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The marks of a generation, and batched writes of its rows; see configuration.h.
#include "bench/attach/configuration.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>

#include <cstring>
#include <vector>

namespace xdpmirror::bench::attach {

namespace {

constexpr std::uint32_t kMarkedNetwork = 0x0a4d0000;  // 10.77.0.0

xm_att_rule rule_of(std::uint32_t generation, std::uint32_t number) {
    xm_att_rule rule{};
    rule.addr = htonl(kMarkedNetwork + generation);
    rule.udp_port = htons(xm_att_port(generation));
    rule.hop = static_cast<__u16>(number % XM_ATT_HOPS);
    return rule;
}

}  // namespace

xm_att_settings settings_of(const Target& target, std::uint32_t generation) {
    xm_att_settings settings{};
    settings.vni = target.decap ? target.frames.vni : 0;
    settings.decap = target.decap ? 1 : 0;
    settings.ttl = xm_att_ttl(generation);
    return settings;
}

Result<> fill_rules(int table, const Target& target, std::uint32_t generation,
                    std::size_t value_size) {
    std::vector<xm_att_key> keys(XM_ATT_RULES);
    std::vector<std::uint8_t> values(XM_ATT_RULES * value_size);

    for (std::uint32_t i = 0; i < XM_ATT_RULES; i++) {
        const xm_att_rule rule = rule_of(generation, i);
        keys[i] = {target.decap ? target.frames.vni : 0, htonl(target.frames.first_exporter + i)};
        std::memcpy(&values[i * value_size], &rule, sizeof(rule));
    }
    auto count = static_cast<__u32>(keys.size());
    if (bpf_map_update_batch(table, keys.data(), values.data(), &count, nullptr) != 0)
        return system_error("fill the rule table", errno);
    return Ok{};
}

Result<> fill_hops(int table, std::uint32_t generation, std::uint32_t first_egress) {
    for (std::uint32_t row = 0; row < XM_ATT_HOPS; row++) {
        xm_att_hop hop{{2, 0xa7, 0, 0, 0, 0}, {2, 0xa7, 0, 1, 0, 0}, first_egress + row};
        hop.to[4] = static_cast<__u8>(generation >> 8);
        hop.to[5] = static_cast<__u8>(generation);
        if (bpf_map_update_elem(table, &row, &hop, BPF_ANY) != 0)
            return system_error("fill the next-hop table", errno);
    }
    return Ok{};
}

Result<> fill_egress(int devmap, const Target& target, std::uint32_t first_egress) {
    for (std::uint32_t row = first_egress; row < first_egress + XM_ATT_HOPS; row++) {
        if (bpf_map_update_elem(devmap, &row, &target.egress, BPF_ANY) != 0)
            return system_error("fill the devmap", errno);
    }
    return Ok{};
}

}  // namespace xdpmirror::bench::attach
