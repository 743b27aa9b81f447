// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The lifecycle in order: open, constants and sizes, load, fill.
#include "loader/data_plane.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>
#include <xdpmirror.skel.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>

#include "loader/libbpf_log.h"
#include "maps/array.h"
#include "maps/placed_table.h"
#include "maps/slot.h"
#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

struct DestroySkeleton {
    void operator()(xdpmirror_bpf* skeleton) const { xdpmirror_bpf::destroy(skeleton); }
};
using SkeletonPtr = std::unique_ptr<xdpmirror_bpf, DestroySkeleton>;

constexpr std::size_t kPorts = 65536;

// The words of an address as the data plane compares them; IPv4 in the first.
std::array<__be32, 4> words_of_address(const IpAddress& address) {
    std::array<__be32, 4> words{};
    std::memcpy(words.data(), address.bytes.data(), address.family == Family::ipv4 ? 4 : 16);
    return words;
}

void add_local(xm_config& config, const IpAddress& address) {
    const auto words = words_of_address(address);
    if (address.family == Family::ipv4) {
        if (config.local4_count < XM_MAX_LOCAL) config.local4[config.local4_count++] = words[0];
    } else if (config.local6_count < XM_MAX_LOCAL) {
        std::memcpy(config.local6[config.local6_count++], words.data(), sizeof(words));
    }
}

void add_own(xm_config& config, const IpAddress& address) {
    const auto words = words_of_address(address);
    if (address.family == Family::ipv4) {
        if (config.own4_count == XM_MAX_OWN) return;
        config.own4[config.own4_count++] = words[0];
    } else {
        if (config.own6_count == XM_MAX_OWN) return;
        std::memcpy(config.own6[config.own6_count++], words.data(), sizeof(words));
    }
    config.own_filter |= 1ULL << xm_own_bit(words[0] ^ words[1] ^ words[2] ^ words[3]);
}

void set_machine(xm_config& config, const Resolved& resolved) {
    for (const auto& address : resolved.local) add_local(config, address);
    for (const auto& address : resolved.own) add_own(config, address);
    std::copy(resolved.ingress_mac.bytes.begin(), resolved.ingress_mac.bytes.end(),
              config.ingress_mac);
    config.ingress_ifindex = resolved.ingress_ifindex;
    std::copy(resolved.secret.begin(), resolved.secret.end(), config.secret);
    config.features |= resolved.features;
    if (resolved.on_paper) config.features |= XM_FEATURE_ON_PAPER;
    for (const auto& hop : resolved.next_hops) {
        if (hop.path == XM_PATH_TX) config.features |= XM_FEATURE_TX;
        if (hop.path == XM_PATH_TC || hop.path == XM_PATH_KERNEL)
            config.features |= XM_FEATURE_HANDOVER;
    }
}

// The tables that the data plane searches without the kernel's hash maps.
struct Tables {
    PlacedTable<xm_vni> vnis;
    PlacedTable<xm_rule_row4> rules4;
    PlacedTable<xm_rule_row6> rules6;
};

Tables place_tables(const Plan& plan) {
    std::vector<xm_vni> vnis;
    for (const auto& [vni, row] : plan.vnis) {
        vnis.push_back(row);
        vnis.back().vni = vni;
    }
    std::vector<xm_rule_row4> rules4;
    for (const auto& [key, rule] : plan.rules4) rules4.push_back({.key = key, .rule = rule});
    std::vector<xm_rule_row6> rules6;
    for (const auto& [key, rule] : plan.rules6) rules6.push_back({.key = key, .rule = rule});

    xm_vni no_vni{};
    no_vni.vni = XM_NO_ROW;
    xm_rule_row4 no_rule4{};
    no_rule4.key.shape = XM_NO_SHAPE;
    xm_rule_row6 no_rule6{};
    no_rule6.key.shape = XM_NO_SHAPE;
    return {.vnis = place(vnis, no_vni, [](const xm_vni& row) { return row.vni; }),
            .rules4 = place(rules4, no_rule4, [](const xm_rule_row4& row) { return row.key; }),
            .rules6 = place(rules6, no_rule6, [](const xm_rule_row6& row) { return row.key; })};
}

Result<> set_rows(bpf_map* map, std::size_t rows) {
    const auto entries = static_cast<std::uint32_t>(std::max<std::size_t>(rows, 1));
    if (const int err = bpf_map__set_max_entries(map, entries); err != 0)
        return system_error(std::string("size map ") + bpf_map__name(map), -err);
    return Ok{};
}

// Where nothing is learned, the rings of xm_templates are as small as the kernel makes them.
Result<> set_rings(const xdpmirror_bpf& skeleton, const xm_config& config) {
    if ((config.features & XM_FEATURE_TEMPLATES) != 0) return Ok{};
    const auto page = static_cast<std::size_t>(::getpagesize());
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, skeleton.obj) {
        if (bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF) continue;
        if (auto set = set_rows(map, page); !set) return set;
    }
    return Ok{};
}

Result<> set_sizes(const xdpmirror_bpf& skeleton, const Plan& plan, const Tables& tables,
                   const Resolved& resolved, std::size_t profile_chunks) {
    const std::pair<bpf_map*, std::size_t> sizes[] = {
        {skeleton.maps.xm_vnis, tables.vnis.slots.size()},
        {skeleton.maps.xm_senders, plan.senders.size()},
        {skeleton.maps.xm_sources, plan.sources.size()},
        {skeleton.maps.xm_exporters, plan.exporters.size()},
        {skeleton.maps.xm_rules4, tables.rules4.slots.size()},
        {skeleton.maps.xm_rules6, tables.rules6.slots.size()},
        {skeleton.maps.xm_port_class, plan.port_classes.empty() ? 1 : kPorts},
        {skeleton.maps.xm_pools, plan.pools.size()},
        {skeleton.maps.xm_slots, plan.balancer.slots()},
        {skeleton.maps.xm_collectors, plan.collectors.size()},
        {skeleton.maps.xm_next_hops, resolved.next_hops.size()},
        {skeleton.maps.xm_profile, profile_chunks},
    };
    for (const auto& [map, rows] : sizes) {
        if (auto set = set_rows(map, rows); !set) return set.error();
    }
    return Ok{};
}

struct Shape {
    __u32 type, key_bytes, value_bytes, rows;
    bool operator==(const Shape&) const = default;
};

Shape shape_of(const bpf_map* map) {
    return {static_cast<__u32>(bpf_map__type(map)), bpf_map__key_size(map), bpf_map__value_size(map),
            bpf_map__max_entries(map)};
}

// To be called when all sizes are set.
Result<> share(const xdpmirror_bpf& skeleton, const SharedMaps& shared) {
    bool same_rings = true;
    for (const auto& [name, fd] : shared) {
        bpf_map* map = bpf_object__find_map_by_name(skeleton.obj, name.c_str());
        bpf_map_info info{};
        __u32 bytes = sizeof(info);
        if (map == nullptr || bpf_obj_get_info_by_fd(fd, &info, &bytes) != 0)
            return Error{"map " + name + " of the running configuration cannot be taken over"};
        const bool same = shape_of(map) == Shape{info.type, info.key_size, info.value_size, info.max_entries};
        if (info.type == BPF_MAP_TYPE_RINGBUF) same_rings = same_rings && same;
        if (!same && info.type != BPF_MAP_TYPE_RINGBUF)
            return Error{"map " + name + " of the running configuration has another layout"};
    }
    for (const auto& [name, fd] : shared) {
        if (!same_rings && name.starts_with("xm_templates")) continue;
        if (const int err = bpf_map__reuse_fd(bpf_object__find_map_by_name(skeleton.obj, name.c_str()), fd); err != 0)
            return system_error("share map " + name, -err);
    }
    return Ok{};
}

std::vector<bool> usable_collectors(const Plan& plan, const Resolved& resolved) {
    std::vector<bool> usable(plan.collectors.size(), true);
    for (std::size_t i = 0; i < resolved.unused.size(); ++i) usable[i] = !resolved.unused[i];
    return usable;
}

xm_secret secret_row(const Resolved& resolved) {
    xm_secret row{};
    std::copy(resolved.secret.begin(), resolved.secret.end(), row.secret);
    return row;
}

Result<> fill(const xdpmirror_bpf& skeleton, const Plan& plan, const Tables& tables,
              const Resolved& resolved, const std::vector<xm_profile_chunk>& profile) {
    assert(resolved.collector_next_hop.size() == plan.collectors.size());
    std::vector<xm_collector> collectors;
    collectors.reserve(plan.collectors.size());
    for (std::size_t i = 0; i < plan.collectors.size(); ++i) {
        collectors.push_back(plan.collectors[i].row);
        collectors.back().next_hop = resolved.collector_next_hop[i];
    }
    const auto usable = usable_collectors(plan, resolved);
    const auto fd = [](bpf_map* map) { return bpf_map__fd(map); };
    const std::pair<const char*, Result<>> fills[] = {
        {"xm_vnis", array_fill(fd(skeleton.maps.xm_vnis), tables.vnis.slots)},
        {"xm_senders", hash_fill(fd(skeleton.maps.xm_senders), plan.senders)},
        {"xm_sources", array_fill(fd(skeleton.maps.xm_sources), plan.sources)},
        {"xm_exporters", hash_fill(fd(skeleton.maps.xm_exporters), plan.exporters)},
        {"xm_rules4", array_fill(fd(skeleton.maps.xm_rules4), tables.rules4.slots)},
        {"xm_rules6", array_fill(fd(skeleton.maps.xm_rules6), tables.rules6.slots)},
        {"xm_port_class", array_fill(fd(skeleton.maps.xm_port_class), plan.port_classes)},
        {"xm_pools", array_fill(fd(skeleton.maps.xm_pools), plan.pools)},
        {"xm_slots", array_fill(fd(skeleton.maps.xm_slots), plan.balancer.rows(usable))},
        {"xm_collectors", array_fill(fd(skeleton.maps.xm_collectors), collectors)},
        {"xm_next_hops", array_fill(fd(skeleton.maps.xm_next_hops), resolved.next_hops)},
        {"xm_egress", array_fill(fd(skeleton.maps.xm_egress), resolved.egress_ifindex)},
        {"xm_profile", array_fill(fd(skeleton.maps.xm_profile), profile)},
        {"xm_secret", array_fill(fd(skeleton.maps.xm_secret), std::vector{secret_row(resolved)})},
    };
    for (const auto& [name, filled] : fills) {
        if (!filled) return while_doing(std::string("fill ") + name, filled.error());
    }
    return Ok{};
}

// The last of the verifier's words, for the one error that is ours to mend, not the operator's.
std::string tail(const std::string& log) {
    constexpr std::size_t kBytes = 600;
    constexpr std::string_view kEndOfLog = "-- END PROG LOAD LOG --";
    std::string end = log.substr(0, log.find(kEndOfLog));
    if (end.size() > kBytes) end = "..." + end.substr(end.size() - kBytes);
    std::replace(end.begin(), end.end(), '\n', ' ');
    return end;
}

std::vector<xm_profile_chunk> chunks_of(const std::string& text) {
    std::vector<xm_profile_chunk> chunks((text.size() + XM_PROFILE_CHUNK - 1) / XM_PROFILE_CHUNK);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const auto at = i * XM_PROFILE_CHUNK;
        const auto bytes = std::min<std::size_t>(XM_PROFILE_CHUNK, text.size() - at);
        std::memcpy(chunks[i].text, text.data() + at, bytes);
    }
    return chunks;
}

// The verifier's figures at the end of its log.
constexpr __u32 kLogStats = 4;
constexpr std::size_t kStatsBytes = 64 * 1024;

Result<SkeletonPtr> load(const Plan& plan, const Tables& tables, const Resolved& resolved,
                         std::size_t profile_chunks, bool frags, std::string* verifier_stats,
                         const SharedMaps& shared) {
    LibbpfLog log;
    SkeletonPtr skeleton(xdpmirror_bpf::open());
    if (!skeleton) {
        const int err = errno;
        return system_error("open the embedded BPF object", err);
    }
    xm_config config = plan.config;
    set_machine(config, resolved);
    config.vnis = tables.vnis.hash;
    config.rules4 = tables.rules4.hash;
    config.rules6 = tables.rules6.hash;
    if (frags)
        config.features |= XM_FEATURE_FRAGS;
    else
        bpf_program__set_flags(skeleton->progs.xdpmirror, 0);
    std::memcpy(&skeleton->rodata_config->cfg, &config, sizeof(config));
    if (auto sized = set_sizes(*skeleton, plan, tables, resolved, profile_chunks); !sized) return sized.error();
    if (auto sized = set_rings(*skeleton, config); !sized) return sized.error();
    if (auto done = share(*skeleton, shared); !done) return done.error();
    std::vector<char> stats(verifier_stats != nullptr ? kStatsBytes : 0);
    if (verifier_stats != nullptr) {
        bpf_program__set_log_level(skeleton->progs.xdpmirror, kLogStats);
        bpf_program__set_log_buf(skeleton->progs.xdpmirror, stats.data(), stats.size());
    }
    const int err = xdpmirror_bpf::load(skeleton.get());
    if (verifier_stats != nullptr) *verifier_stats = stats.data();
    if (err != 0)
        return system_error("the kernel refuses the data plane: " + tail(log.text()), -err);
    return skeleton;
}

}  // namespace

std::vector<std::string> lasting_maps() {
    std::vector<std::string> names = {"xm_totals",      "xm_drops",     "xm_passes",    "xm_notes",
                                      "xm_source_book", "xm_rule_book", "xm_coll_book", "xm_fragments",
                                      "xm_templates"};
    for (int part = 0; part < XM_MEMORY_PARTS; ++part) {
        names.push_back("xm_fragments" + std::to_string(part));
        names.push_back("xm_templates" + std::to_string(part));
    }
    return names;
}

struct DataPlane::State {
    SkeletonPtr skeleton;
    std::vector<std::uint32_t> egress_ifindex;
    UniqueFd own_egress;  // of the copy behind a dispatcher
};

DataPlane::DataPlane(std::unique_ptr<State> state) : state_(std::move(state)) {}
DataPlane::DataPlane(DataPlane&&) noexcept = default;
DataPlane& DataPlane::operator=(DataPlane&&) noexcept = default;
DataPlane::~DataPlane() = default;

Result<DataPlane> DataPlane::make(const Plan& plan, const Resolved& resolved,
                                  const std::string& profile_text, std::string* verifier_stats,
                                  const SharedMaps& shared) {
    const auto profile = chunks_of(profile_text);
    if (profile.size() > XM_PROFILE_CHUNKS)
        return configuration_error("the profile has " + std::to_string(profile_text.size()) +
                                   " bytes, at most " +
                                   std::to_string(XM_PROFILE_CHUNKS * XM_PROFILE_CHUNK) +
                                   " fit; split its rules over several nodes");
    const auto tables = place_tables(plan);
    auto skeleton = load(plan, tables, resolved, profile.size(), true, verifier_stats, shared);
    if (!skeleton && skeleton.error().code.value() == EINVAL) {
        // kernels before 5.18 do not know the multi-buffer flag; the first error tells more if the
        // cause was another one
        if (auto single = load(plan, tables, resolved, profile.size(), false, verifier_stats, shared); single)
            skeleton = std::move(single);
    }
    if (!skeleton) return skeleton.error();
    if (auto filled = fill(**skeleton, plan, tables, resolved, profile); !filled) return filled.error();
    auto state = std::make_unique<State>();
    state->skeleton = std::move(*skeleton);
    state->egress_ifindex = resolved.egress_ifindex;
    return DataPlane(std::move(state));
}

int DataPlane::program_fd() const { return bpf_program__fd(state_->skeleton->progs.xdpmirror); }

std::uint32_t DataPlane::features() const { return state_->skeleton->rodata_config->cfg.features; }

int DataPlane::map_fd(const std::string& name) const {
    if (name == "xm_egress" && state_->own_egress) return state_->own_egress.get();
    const int fd = bpf_object__find_map_fd_by_name(state_->skeleton->obj, name.c_str());
    return fd < 0 ? -1 : fd;
}

std::vector<std::string> DataPlane::map_names() const {
    std::vector<std::string> names;
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, state_->skeleton->obj) {
        if (!bpf_map__is_internal(map)) names.emplace_back(bpf_map__name(map));
    }
    return names;
}

BookMaps DataPlane::book_maps() const {
    return {.totals = map_fd("xm_totals"),
            .drops = map_fd("xm_drops"),
            .passes = map_fd("xm_passes"),
            .notes = map_fd("xm_notes"),
            .sources = map_fd("xm_source_book"),
            .rules = map_fd("xm_rule_book"),
            .collectors = map_fd("xm_coll_book")};
}

Result<> DataPlane::with_unloaded_copy(const std::function<Result<>(bpf_object*)>& use) {
    state_->own_egress.reset(bpf_map_create(BPF_MAP_TYPE_DEVMAP, "xm_egress", sizeof(__u32),
                                            sizeof(__u32), XM_MAX_EGRESS, nullptr));
    if (!state_->own_egress) {
        const int err = errno;
        return system_error("create xm_egress", err);
    }
    if (auto filled = array_fill(state_->own_egress.get(), state_->egress_ifindex); !filled)
        return while_doing("fill xm_egress", filled.error());
    SkeletonPtr copy(xdpmirror_bpf::open());
    if (!copy) {
        const int err = errno;
        return system_error("open the embedded BPF object", err);
    }
    std::memcpy(&copy->rodata_config->cfg, &state_->skeleton->rodata_config->cfg,
                sizeof(xm_config));
    bpf_program__set_flags(copy->progs.xdpmirror,
                           bpf_program__flags(state_->skeleton->progs.xdpmirror));
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, copy->obj) {
        if (bpf_map__is_internal(map)) continue;
        if (const int err = bpf_map__reuse_fd(map, map_fd(bpf_map__name(map))); err != 0)
            return system_error(std::string("share map ") + bpf_map__name(map), -err);
    }
    return use(copy->obj);
}

Result<> DataPlane::describe(const xm_meta& meta) {
    if (auto set = map_set(map_fd("xm_meta"), std::uint32_t{0}, meta); !set)
        return while_doing("fill xm_meta", set.error());
    return Ok{};
}

}  // namespace xdpmirror
