// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/configuration.h"

#include <bpf/bpf.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "loader/attachment_books.h"
#include "loader/copies.h"
#include "loader/handover.h"
#include "loader/kernel.h"
#include "loader/netlink_socket.h"
#include "loader/pools/overrides.h"
#include "loader/stub.h"
#include "loader/version.h"
#include "maps/array.h"
#include "maps/layout_hash.h"

namespace xdpmirror {
namespace {

std::uint64_t now_ns() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

std::string absolute_path(const std::string& path) {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path, error);
    return path.empty() || error ? std::string() : absolute.lexically_normal().string();
}

xm_meta describe(const Profile& profile, const LinkInfo& link, const Hook& hook, const Former* former,
                 std::size_t names_bytes) {
    xm_meta meta{};
    const auto copy = [](char* to, std::size_t bytes, const std::string& text) {
        std::memcpy(to, text.data(), std::min(bytes - 1, text.size()));
    };
    meta.layout_hash = layout_hash();
    meta.attached_ns = meta.configured_ns = now_ns();
    if (former != nullptr) {
        meta.attached_ns = former->attached.meta.attached_ns;
        meta.configured_ns = std::max(meta.configured_ns, former->attached.meta.configured_ns + 1);
    }
    meta.profile_bytes = profile.effective_json.size();
    meta.names_bytes = names_bytes;
    meta.ifindex = link.ifindex;
    meta.mode = hook.mode;
    meta.kind = hook.kind;
    copy(meta.interface, sizeof(meta.interface), link.name);
    copy(meta.profile, sizeof(meta.profile), profile.config.name);
    if (const auto path = absolute_path(profile.config.path); path.size() < sizeof(meta.path))
        copy(meta.path, sizeof(meta.path), path);
    copy(meta.version, sizeof(meta.version), kVersion);
    return meta;
}

// What an operator has drained before stays so, as long as every pool has somebody left.
Result<> leave_out_drained(const Config& weighted, const Plan& plan, const Overrides& overrides,
                           Resolution& resolution) {
    const auto drained = drained_collectors(weighted, overrides);
    auto& unused = resolution.rows.unused;
    std::size_t row = 0;
    for (const auto& pool : weighted.pools) {
        bool any = false;
        for (const auto& collector : pool.collectors) {
            if (drained[row]) {
                unused[row] = true;
                resolution.notes.push_back("collector " + plan.collectors[row].label +
                                           " is drained, and not used");
            }
            any = any || (!unused[row] && collector.weight > 0);
            ++row;
        }
        if (!any)
            return Error{"no collector of pool '" + pool.name + "' is left: all are drained, have no "
                         "weight, or cannot be reached; take one back: xdpmirror pools undrain " +
                         pool.name + " " + pool.collectors.front().address.text()};
    }
    return Ok{};
}

// Nor those that a daemon has found unusable, as long as the pool has others; it corrects that at once.
void leave_out_unusable(const Config& weighted, const std::set<std::string>& unusable, Resolution& resolution) {
    const auto labels = collector_labels(weighted);
    auto& unused = resolution.rows.unused;
    std::size_t first = 0;
    for (const auto& pool : weighted.pools) {
        auto without = unused;
        bool any = false;
        for (std::size_t i = 0; i < pool.collectors.size(); ++i) {
            if (unusable.contains(labels[first + i])) without[first + i] = true;
            any = any || (!without[first + i] && pool.collectors[i].weight > 0);
        }
        if (any) unused = std::move(without);
        first += pool.collectors.size();
    }
}

// What was in packets, and what lets packets past the checks.
bool is_for_root(const std::string& map) {
    return map == "xm_secret" || map == "xm_scratch" || map.starts_with("xm_templates") ||
           map.starts_with("xm_fragments");
}

Result<> pin_tables(const DataPlane& plane, const PinDir& directory) {
    // what it is first, so that whoever clears half of it knows what to clear
    for (const char* name : {"xm_meta", "xm_profile"}) {
        if (auto pinned = directory.pin_to_read(plane.map_fd(name), name); !pinned) return pinned;
    }
    for (const auto& name : plane.map_names()) {
        if (name == "xm_meta" || name == "xm_profile") continue;
        const int fd = plane.map_fd(name);
        auto pinned = is_for_root(name) ? directory.pin(fd, name) : directory.pin_to_read(fd, name);
        if (!pinned) return pinned;
    }
    return Ok{};
}

// Devices that get redirected frames, now or when they are the ones that work.
Result<> ready_targets(const Config& config, Resolution& resolution, const StateDir& state) {
    for (std::size_t i = 0; i < resolution.ways.size(); ++i) {
        auto& ways = resolution.ways[i];
        for (std::size_t way = 0; way < ways.size(); ++way) {
            if (ways[way].error || ways[way].chosen.path != XM_PATH_REDIRECT) continue;
            auto placed = ensure_redirect_target(ways[way].link, state);
            if (placed) continue;
            if (way == 0) return while_doing("egress '" + config.egress[i].name + "'", placed.error());
            resolution.notes.push_back("standby '" + config.egress[i].ways[way].interface +
                                       "' of egress '" + config.egress[i].name +
                                       "' cannot be used: " + one_line(placed.error()));
        }
    }
    return Ok{};
}

// Where packets are handed over to it.
Result<> place_tc_program(const Configuration& configuration, const StateDir& state, const PinDir& directory,
                          const LinkInfo& ingress, bool counts_refusals) {
    const auto& [plan, resolution, plane, meta, rules] = configuration;
    const bool copies = (plane.features() & XM_FEATURE_COPIES) != 0;
    if (!copies && (plane.features() & XM_FEATURE_HANDOVER) == 0) return Ok{};
    auto program = copies ? load_copies(plane, plan, ingress, resolution.secret, directory, counts_refusals)
                          : load_handover(ingress, resolution.secret);
    if (!program) return program.error();
    return attach_handover(state, directory, ingress, program->get());
}

}  // namespace

Result<LinkInfo> find_ingress(const std::string& interface) {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    auto link = find_link(*socket, interface);
    if (!link) return link.error();
    if (!link->is_ethernet())
        return Error{"interface '" + link->name + "' (" + link->kind +
                     ") is not an Ethernet device; attach to the NIC that mirrored packets come in "
                     "by"};
    if (!link->up)
        return Error{"interface '" + link->name + "' is down; set it up: ip link set " +
                     link->name + " up"};
    return link;
}

Result<Configuration> build_configuration(const Profile& profile, const LinkInfo& ingress, const Hook& hook,
                                          const Former* former) {
    auto overrides = read_overrides(ingress.name);
    if (!overrides) return overrides.error();
    const auto weighted = with_weights(profile.config, *overrides);
    auto plan = make_plan(weighted);
    if (!plan) return plan.error();
    auto resolution = resolve(profile.config, *plan, ingress, former != nullptr ? former->ways : PreferredWays{});
    if (!resolution) return resolution.error();
    if (auto done = leave_out_drained(weighted, *plan, *overrides, *resolution); !done) return done.error();
    if (former != nullptr) leave_out_unusable(weighted, former->unusable, *resolution);

    auto names = former != nullptr ? former->names : BookNames{};
    const bool same_books = former != nullptr && !former->attached.is_other;
    auto rows = give_rows(weighted, *plan, same_books ? &former->attached.rows : nullptr,
                          former != nullptr ? former->readers() : BookReaders{}, names);
    if (!rows) return rows.error();
    place_in_books(*plan, *rows);
    const auto names_text = names.text();
    auto meta = describe(profile, ingress, hook, former, names_text.size());
    auto plane = DataPlane::make(*plan, resolution->rows, profile.effective_json + names_text, nullptr,
                                 former != nullptr ? former->shared() : SharedMaps{});
    if (!plane) return blame_kernel(plane.error());
    meta.features = plane->features();
    if (auto named = name_program(meta, plane->program_fd()); !named) return named.error();
    if (auto said = plane->describe(meta); !said) return said.error();
    const auto rules = routing_rules(profile.config, meta.features);
    return Configuration{.plan = std::move(*plan),
                         .resolution = std::move(*resolution),
                         .plane = std::move(*plane),
                         .meta = meta,
                         .rules = rules};
}

Result<> name_program(xm_meta& meta, int program_fd) {
    bpf_prog_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(program_fd, &info, &bytes) != 0) {
        const int err = errno;
        return system_error("describe the program", err);
    }
    static_assert(sizeof(meta.program_tag) == sizeof(info.tag));
    meta.program_id = info.id;
    std::copy(std::begin(info.tag), std::end(info.tag), std::begin(meta.program_tag));
    return Ok{};
}

Result<HandoverSecret> read_secret(const PinDir& directory) {
    HandoverSecret secret{};
    if (!directory.has("xm_secret")) return secret;
    auto map = directory.open("xm_secret");
    if (!map) return map.error();
    bpf_map_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(map->get(), &info, &bytes) != 0) {
        const int err = errno;
        return system_error("describe xm_secret", err);
    }
    std::vector<std::uint8_t> row(std::max<std::size_t>(info.value_size, secret.size()));
    const std::uint32_t first = 0;
    if (auto got = map_get(map->get(), &first, row.data()); !got) return got.error();
    std::copy_n(row.begin(), secret.size(), secret.begin());
    return secret;
}

HandedOver handed_over(const Config& config, const HandoverSecret& secret) {
    return {.marks = marks_of(config), .secret = secret};
}

Result<> place_configuration(Configuration& configuration, const Config& config, const StateDir& state,
                             const PinDir& directory, const LinkInfo& ingress,
                             const std::vector<HandedOver>& watched) {
    auto& [plan, resolution, plane, meta, rules] = configuration;
    if (auto pinned = pin_tables(plane, directory); !pinned) return pinned;
    if (meta.mode == XM_MODE_NATIVE) {
        if (auto ready = ready_targets(config, resolution, state); !ready) return ready;
    }
    if (auto added = add_rules(rules); !added) return added;
    auto all = watched;
    all.push_back(handed_over(config, resolution.secret));
    auto unwatched = watch_redirects(state, plane.map_fd("xm_drops"), ingress.ifindex, all);
    if (!unwatched) return unwatched.error();
    if (!unwatched->empty()) resolution.notes.push_back(*unwatched);
    return place_tc_program(configuration, state, directory, ingress, !unwatched->empty());
}

RoutingRules rules_in(const PinDir& directory) {
    const auto attached = read_configuration(directory);
    return attached ? routing_rules(attached->profile.config, attached->meta.features) : RoutingRules{};
}

Result<> sweep(const std::string& interface, const Running& running, const Running* former) {
    const StateDir state(interface);
    const auto& [current, meta, config, is_other] = running;
    const auto needed = routing_rules(config, meta.features);
    const bool hands_over = (meta.features & (XM_FEATURE_HANDOVER | XM_FEATURE_COPIES)) != 0;
    if (auto shown = state.show(current); !shown) return shown;
    for (const auto& other : state.configurations()) {
        if (other.path() == current.path()) continue;
        // of two that differ by an even number the newer has the place on the tc ingress
        if (!hands_over || (number_of(other) - number_of(current)) % 2 != 0) {
            if (auto off = detach_handover(meta.ifindex, number_of(other)); !off) return off;
        }
        const auto rules = former != nullptr && former->directory.path() == other.path()
                               ? routing_rules(former->config, former->meta.features)
                               : rules_in(other);
        if (auto removed = remove_rules(without(rules, needed), interface); !removed) return removed;
        if (auto removed = other.remove_all(); !removed) return removed;
    }
    if (auto tidied = tidy_former_books(state); !tidied) return tidied;
    if (!hands_over) {
        if (auto cleared = clear_handover(state, meta.ifindex); !cleared) return cleared;
    }
    if (!is_other) {
        auto drops = current.open("xm_drops");
        if (!drops) return drops.error();
        auto secret = read_secret(current);
        if (!secret) return secret.error();
        auto watched = watch_redirects(state, drops->get(), meta.ifindex, {handed_over(config, *secret)});
        if (!watched) return watched.error();
    }
    return release_stubs(state, interface, &config);
}

}  // namespace xdpmirror
