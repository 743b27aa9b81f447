// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/former.h"

#include "loader/daemon/run_file.h"
#include "loader/pools/overrides.h"
#include "loader/pools/pool_tables.h"
#include "loader/rows.h"
#include "maps/books.h"

namespace xdpmirror {
namespace {

template <class Row>
Result<std::vector<Row>> read_rows(const PinDir& directory, const char* name) {
    auto map = directory.open(name);
    if (!map) return map.error();
    return xdpmirror::read_rows<Row>(map->get(), name);
}

std::vector<std::string> way_interfaces(const Config& config) {
    std::vector<std::string> names;
    for (const auto& egress : config.egress) {
        for (const auto& way : egress.ways) names.push_back(way.interface);
    }
    return names;
}

Result<> read_findings(const std::string& interface, Former& former) {
    const auto& [directory, meta, profile, names, rows] = former.attached;
    auto collectors = read_rows<xm_collector>(directory, "xm_collectors");
    if (!collectors) return collectors.error();
    auto next_hops = read_rows<xm_next_hop>(directory, "xm_next_hops");
    if (!next_hops) return next_hops.error();
    auto pools = PoolTables::open(directory);
    if (!pools) return pools.error();
    const auto overrides = read_overrides(interface);
    const auto weighted = overrides ? with_weights(profile.config, *overrides) : profile.config;
    const auto drained = drained_collectors(weighted, overrides ? *overrides : Overrides{});
    const auto slots = pools->slots_of(collectors->size());
    const auto labels = collector_labels(profile.config);
    const auto ways = way_interfaces(profile.config);
    std::size_t row = 0;
    for (const auto& pool : weighted.pools) {
        for (const auto& collector : pool.collectors) {
            const auto hop = (*collectors)[row].next_hop;
            const auto way = hop < next_hops->size() ? (*next_hops)[hop].egress : XM_NO_ROW;
            if (way < ways.size()) former.ways[labels[row]] = ways[way];
            if (slots[row] == 0 && collector.weight > 0 && !drained[row]) former.unusable.insert(labels[row]);
            ++row;
        }
    }
    return Ok{};
}

BookReaders::Read reader(int map_fd, std::size_t row_bytes) {
    return [map_fd, row_bytes](std::uint32_t row) { return read_book_row(map_fd, row, row_bytes); };
}

}  // namespace

SharedMaps Former::shared() const {
    SharedMaps maps;
    for (const auto& [name, fd] : lasting) maps.emplace_back(name, fd.get());
    return maps;
}

BookReaders Former::readers() const {
    const auto fd = [this](std::string_view wanted) {
        for (const auto& [name, map] : lasting) {
            if (name == wanted) return map.get();
        }
        return -1;
    };
    return {.sources = reader(fd("xm_source_book"), sizeof(xm_source_count)),
            .rules = reader(fd("xm_rule_book"), sizeof(xm_count)),
            .collectors = reader(fd("xm_coll_book"), sizeof(xm_count))};
}

Result<Former> read_former(const std::string& interface) {
    auto attached = read_attached(interface);
    if (!attached) return attached.error();
    Former former{.attached = std::move(*attached), .lasting = {}, .ways = {}, .unusable = {}};
    for (const auto& name : lasting_maps()) {
        auto map = former.attached.directory.open(name);
        if (!map) return map.error();
        former.lasting.emplace_back(name, std::move(*map));
    }
    if (!read_run_file(interface)) return former;
    if (auto found = read_findings(interface, former); !found) return found.error();
    return former;
}

}  // namespace xdpmirror
