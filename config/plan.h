// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Config to the exact rows of every table, without asking the machine anything. What only the
// machine knows (own addresses, MACs, interface indexes) is a reference that the loader resolves.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "config/balancer.h"
#include "config/config.h"
#include "maps/layout.h"
#include "maps/result.h"

namespace xdpmirror {

// Rows have the index of their vector: sources, rules, pools and collectors keep the profile's
// order, and the same index is the row of their book.
struct Plan {
    // Features that follow from the profile alone, shapes and ports; own addresses are left empty.
    xm_config config{};

    // By the whole key: way << XM_WAY_SHIFT | VNI.
    std::vector<std::pair<std::uint32_t, xm_vni>> vnis;
    std::vector<std::pair<xm_sender_key, xm_sender>> senders;
    std::vector<std::pair<xm_exporter_key, xm_exporter>> exporters;
    std::vector<xm_source> sources;
    std::vector<std::pair<xm_rule_key4, xm_rule>> rules4;
    std::vector<std::pair<xm_rule_key6, xm_rule>> rules6;
    // 65536 rows if XM_FEATURE_PORT_RANGES, else empty.
    std::vector<xm_port_class> port_classes;
    std::vector<xm_copies> copies;  // by rule; empty if none sends to several pools
    std::vector<xm_pool> pools;

    // A collector row but for its next hop, with the egress it is reached by.
    struct CollectorRow {
        xm_collector row{};
        IpAddress address;
        std::size_t egress = 0;  // index in Config::egress
        std::string label;       // "fdi/100.76.10.11"
    };
    std::vector<CollectorRow> collectors;

    Balancer balancer;  // the rows of xm_slots
};

// The rows of xm_egress that an egress has: one for each of its ways, all egresses one after the other.
std::size_t first_way_row(const Config& config, std::size_t egress);

// The fwmarks of ways by path: kernel, each once.
std::vector<std::uint32_t> marks_of(const Config& config);

// Address families of the collectors that use an egress, each once.
std::vector<Family> families_of(const Plan& plan, std::size_t egress);

// Errors: a limit of layout.h is exceeded (names the limit, the number, and the cure).
Result<Plan> make_plan(const Config& config);

// Warnings that need the whole rule list: a rule wholly covered by an earlier one, a rule whose VNI
// no source has, a source that no rule can serve, a pool or egress that nothing uses, a rule whose
// prefixes are of another family than its pool's collector.
std::vector<Warning> find_unreachable(const Config& config);

}  // namespace xdpmirror
