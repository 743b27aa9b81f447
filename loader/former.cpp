// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/former.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "loader/attachment_books.h"
#include "loader/daemon/run_file.h"
#include "loader/pools/overrides.h"
#include "loader/state_dir.h"
#include "maps/array.h"
#include "maps/books.h"
#include "maps/btf_fields.h"
#include "maps/layout_hash.h"

namespace xdpmirror {
namespace {

// One 32-bit field of every row of a table, also of one that another version has laid out.
struct Column {
    const char* map;
    const char* field;
    std::size_t own_offset, own_row_bytes;
};
#define XM_COLUMN(map, row, field) \
    Column { map, #field, offsetof(row, field), sizeof(row) }

Result<std::vector<std::uint32_t>> read_column(const Attached& attached, const Column& column) {
    auto map = attached.directory.open_to_read(column.map);
    if (!map) return map.error();
    std::size_t offset = column.own_offset, row_bytes = column.own_row_bytes;
    if (attached.is_other) {
        auto fields = BtfFields::of(map->get());
        if (!fields) return fields.error();
        const auto found = std::ranges::find(fields->fields(), column.field, &BtfField::name);
        if (found == fields->fields().end() || found->bytes != sizeof(std::uint32_t))
            return Error{std::string(column.map) + " of version " + attached.meta.version + " has no " + column.field};
        offset = found->offset;
        row_bytes = fields->row_bytes();
    }
    bpf_map_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(map->get(), &info, &bytes) != 0) {
        const int err = errno;
        return system_error(std::string("describe ") + column.map, err);
    }
    std::vector<std::byte> rows(std::size_t{info.max_entries} * row_bytes);
    if (auto got = map_get_rows(map->get(), info.max_entries, row_bytes, rows.data()); !got) return got.error();
    std::vector<std::uint32_t> values(info.max_entries);
    for (std::size_t i = 0; i < values.size(); ++i) std::memcpy(&values[i], &rows[i * row_bytes + offset], sizeof(values[i]));
    return values;
}

// The tables that say who takes packets, and by which way.
struct Columns {
    std::vector<std::uint32_t> next_hop;  // by collector
    std::vector<std::uint32_t> egress;    // by next hop
    std::vector<std::uint32_t> only, slot_base, slot_count;  // by pool
    std::vector<std::uint32_t> slots;     // collectors

    static Result<Columns> read(const Attached& attached) {
        Columns columns;
        const std::pair<Column, std::vector<std::uint32_t>*> all[] = {
            {XM_COLUMN("xm_collectors", xm_collector, next_hop), &columns.next_hop},
            {XM_COLUMN("xm_next_hops", xm_next_hop, egress), &columns.egress},
            {XM_COLUMN("xm_pools", xm_pool, collector), &columns.only},
            {XM_COLUMN("xm_pools", xm_pool, slot_base), &columns.slot_base},
            {XM_COLUMN("xm_pools", xm_pool, slot_count), &columns.slot_count},
            {XM_COLUMN("xm_slots", xm_pool_slot, collector), &columns.slots},
        };
        for (const auto& [column, values] : all) {
            auto got = read_column(attached, column);
            if (!got) return got.error();
            *values = std::move(*got);
        }
        return columns;
    }

    std::vector<bool> used() const {  // by collector
        std::vector<bool> used(next_hop.size());
        const auto use = [&used](std::uint32_t collector) {
            if (collector < used.size()) used[collector] = true;
        };
        for (std::size_t pool = 0; pool < only.size(); ++pool) {
            if (slot_count[pool] == 0) use(only[pool]);
        }
        for (const auto collector : slots) use(collector);
        return used;
    }
};

std::vector<std::string> way_interfaces(const Config& config) {
    std::vector<std::string> names;
    for (const auto& egress : config.egress) {
        for (const auto& way : egress.ways) names.push_back(way.interface);
    }
    return names;
}

Result<> read_findings(const std::string& interface, Former& former) {
    const auto& config = former.attached.profile.config;
    auto columns = Columns::read(former.attached);
    if (!columns) return columns.error();
    const auto overrides = read_overrides(interface);
    const auto weighted = overrides ? with_weights(config, *overrides) : config;
    const auto drained = drained_collectors(weighted, overrides ? *overrides : Overrides{});
    const auto used = columns->used();
    const auto labels = collector_labels(config);
    const auto ways = way_interfaces(config);
    std::size_t row = 0;
    for (const auto& pool : weighted.pools) {
        for (const auto& collector : pool.collectors) {
            if (row == used.size()) return Ok{};
            const auto hop = columns->next_hop[row];
            const auto way = hop < columns->egress.size() ? columns->egress[hop] : XM_NO_ROW;
            if (way < ways.size()) former.ways[labels[row]] = ways[way];
            if (!used[row] && collector.weight > 0 && !drained[row]) former.unusable.insert(labels[row]);
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
    Former former{.attached = std::move(*attached), .names = {}, .lasting = {}, .ways = {}, .unusable = {}};
    const StateDir state(interface);
    const auto kept = former_books(state, layout_hash());
    const PinDir* books = former.attached.is_other ? &kept : &former.attached.directory;
    if (!former.attached.is_other) {
        former.names = former.attached.names;
    } else if (kept.has("xm_profile")) {  // this version ran before
        auto names = read_names(kept);
        if (!names) return while_doing("take up the books in " + kept.path(), names.error());
        former.names = std::move(*names);
    } else {
        books = nullptr;
    }
    for (const auto& name : lasting_maps()) {
        const bool is_book = std::ranges::find(book_names(), name) != book_names().end();
        if (is_book ? books == nullptr : former.attached.is_other) continue;
        auto map = (is_book ? *books : former.attached.directory).open(name);
        if (!map) return map.error();
        former.lasting.emplace_back(name, std::move(*map));
    }
    if (!read_run_file(interface)) return former;
    if (auto found = read_findings(interface, former); !found) return found.error();
    return former;
}

}  // namespace xdpmirror
