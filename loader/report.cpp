// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Values to JSON, nothing else.
#include "loader/report.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "config/protocol.h"
#include "loader/daemon/run_file.h"
#include "loader/link_hook.h"
#include "loader/way_out.h"
#include "maps/reasons.h"

namespace xdpmirror {
namespace {

Json reason_json(const Reason& reason, const xm_count& count) {
    return {{"reason", reason.label},
            {"packets", count.packets},
            {"bytes", count.bytes},
            {"meaning", reason.text}};
}

// What another version has counted, while it ran, under a label that this one does not have.
void add_others(Json& json, const std::vector<std::pair<std::string, xm_count>>& others) {
    for (const auto& [label, count] : others)
        json.push_back(reason_json({label, "counted by another version of xdpmirror, before it was upgraded"}, count));
}

std::string port_text(const std::optional<PortRange>& port) {
    if (!port) return "any";
    if (port->first == port->last) return std::to_string(port->first);
    return fmt::format("{}-{}", port->first, port->last);
}

Json prefixes_json(const std::vector<Prefix>& prefixes) {
    Json json = Json::array();
    for (const auto& prefix : prefixes) json.push_back(prefix.text());
    return json;
}

const char* way_name(WayIn way) {
    constexpr const char* kNames[] = {"vxlan", "geneve", "plain"};
    return kNames[static_cast<std::size_t>(way)];
}

Json match_json(const Match& match) {
    Json json = Json::object();
    if (match.vni) json["vni"] = *match.vni;
    if (match.from) json["from"] = match.from->text();
    if (match.to) json["to"] = match.to->text();
    json["protocol"] = protocol_name(match.protocol);
    if (match.port) json["port"] = port_text(match.port);
    return json;
}

IpAddress address_of(const xm_collector& collector) {
    IpAddress address{.family = static_cast<Family>(collector.family), .bytes = {}};
    const std::size_t bytes = collector.family == XM_IPV4 ? 4 : 16;
    std::memcpy(address.bytes.data(), collector.addr, bytes);
    return address;
}

// The way out that has this row of xm_egress.
const WayOut* way_of(const AttachmentView& view, std::size_t row) {
    for (const auto& egress : view.profile.config.egress) {
        if (row < egress.ways.size()) return &egress.ways[row];
        row -= egress.ways.size();
    }
    return nullptr;
}

// Others carry a handover in its place.
bool has_mac(const xm_next_hop& hop) {
    return hop.path == XM_PATH_REDIRECT || hop.path == XM_PATH_TX;
}

const char* next_hop_from(const NextHopChoice& choice) {
    constexpr const char* kNames[] = {"auto", "address", "mac"};
    return kNames[choice.index()];
}

Json collector_json(const AttachmentView& view, std::size_t row) {
    const auto& collector = view.collectors[row];
    Json json = {{"address", address_of(collector).text()}};
    if (collector.next_hop < view.next_hops.size()) {
        const auto& hop = view.next_hops[collector.next_hop];
        const auto* way = way_of(view, hop.egress);
        json["egress"] = way != nullptr ? way->interface : "";
        json["path"] = path_name(hop.path);
        if (has_mac(hop)) json["next_hop_mac"] = mac_text(hop.dst_mac);
    }
    json["packets"] = view.books.collectors[row].packets;
    json["bytes"] = view.books.collectors[row].bytes;
    return json;
}

// What is known of one collector: by the tables, by the operator, and by the daemon if one runs.
void add_use(const AttachmentView& view, const std::optional<nlohmann::ordered_json>& daemon,
             const Pool& pool, std::size_t in_pool, std::size_t row, std::uint32_t slots, Json& json) {
    json["weight"] = pool.collectors[in_pool].weight;
    json["share"] = slots == 0 ? 0.0 : static_cast<double>(view.slots[row]) / slots;
    json["state"] = view.slots[row] > 0 ? "used" : "not used";
    const auto of_pool = view.overrides.find(pool.name);
    if (of_pool != view.overrides.end()) {
        const auto said = of_pool->second.find(pool.collectors[in_pool].address.text());
        if (said != of_pool->second.end()) {
            if (said->second.weight) json["weight"] = *said->second.weight;
            if (said->second.drained) json["state"] = "drained";
        }
    }
    if (!daemon || !daemon->contains("collectors") || (*daemon)["collectors"].size() <= row) return;
    const auto& found = (*daemon)["collectors"][row];
    if (found["idle"].get<bool>() && json["state"] == "drained") json["state"] = "drained, idle";
    if (!found["why"].get<std::string>().empty()) json["why_not"] = found["why"];
    if (!found["health"].is_null()) json["health"] = found["health"];
}

Json trial_json(const AttachmentView& view) {
    if (!view.trial) return nullptr;
    return {{"seconds_left", view.trial->seconds_left()},
            {"watcher_pid", view.trial->watcher_pid},
            {"watcher_runs", view.trial->watched}};
}

}  // namespace

std::string utc_text(std::uint64_t realtime_ns) {
    const auto seconds = static_cast<std::time_t>(realtime_ns / 1'000'000'000);
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

std::string mac_text(const std::uint8_t (&mac)[6]) {
    MacAddress address;
    std::copy(std::begin(mac), std::end(mac), address.bytes.begin());
    return address.text();
}

Json count_json(const xm_count& count) {
    return {{"packets", count.packets}, {"bytes", count.bytes}};
}

Json reasons_json(const AttachmentView& view, bool all) {
    Json json = Json::array();
    for (std::uint32_t i = XM_DROP_NONE + 1; i < XM_DROP_MAX; ++i) {
        const auto& count = view.books.drops[i];
        if (all || count.packets != 0) json.push_back(reason_json(drop_reason(i), count));
    }
    add_others(json, view.books.other_drops);
    return json;
}

Json notes_json(const AttachmentView& view, bool all) {
    Json json = Json::array();
    for (std::uint32_t i = 0; i < XM_NOTE_MAX; ++i) {
        const auto& count = view.books.notes[i];
        if (!all && count.packets == 0) continue;
        json.push_back({{"note", note(i).label},
                        {"packets", count.packets},
                        {"bytes", count.bytes},
                        {"meaning", note(i).text}});
    }
    return json;
}

Json passes_json(const AttachmentView& view) {
    Json json = Json::array();
    for (std::uint32_t i = 0; i < XM_PASS_MAX; ++i)
        json.push_back(reason_json(pass_reason(i), view.books.passes[i]));
    add_others(json, view.books.other_passes);
    return json;
}

Json sources_json(const AttachmentView& view) {
    Json json = Json::array();
    const auto& sources = view.profile.config.sources;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const auto& book = view.books.sources[i];
        Json source = {{"name", sources[i].name},
                       {"way", way_name(sources[i].way)},
                       {"from", prefixes_json(sources[i].from)},
                       {"received", count_json(book.received)},
                       {"delivered", count_json(book.forwarded)},
                       {"dropped", count_json(book.dropped)},
                       {"truncated", count_json(book.truncated)}};
        if (sources[i].vni) source["vni"] = *sources[i].vni;
        if (sources[i].way == WayIn::plain) source["to"] = prefixes_json(sources[i].to);
        if (!sources[i].exporters.empty())
            source["exporters"] = prefixes_json(sources[i].exporters);
        json.push_back(source);
    }
    return json;
}

Json rules_json(const AttachmentView& view) {
    Json json = Json::array();
    const auto& rules = view.profile.config.rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        Json send = Json::array();
        for (const auto& one : sends_of(rules[i])) {
            send.push_back({{"to", one.pool}});
            if (one.port) send.back()["port"] = *one.port;
        }
        if (send.size() == 1) send = Json(send.front());
        json.push_back({{"name", rules[i].name},
                        {"match", match_json(rules[i].match)},
                        {"send", send},
                        {"packets", view.books.rules[i].packets},
                        {"bytes", view.books.rules[i].bytes}});
    }
    return json;
}

// Collector rows stand in the order of the profile's pools and their lists.
Json pools_json(const AttachmentView& view) {
    Json json = Json::array();
    const auto daemon = read_run_file(view.interface);
    std::size_t row = 0;
    for (const auto& pool : view.profile.config.pools) {
        Json collectors = Json::array();
        std::uint32_t slots = 0;
        for (std::size_t i = 0; i < pool.collectors.size() && row + i < view.slots.size(); ++i)
            slots += view.slots[row + i];
        for (std::size_t i = 0; i < pool.collectors.size() && row < view.collectors.size(); ++i, ++row) {
            auto collector = collector_json(view, row);
            add_use(view, daemon, pool, i, row, slots, collector);
            collectors.push_back(std::move(collector));
        }
        json.push_back({{"name", pool.name},
                        {"via", pool.via},
                        {"balance", balance_name(pool.balance)},
                        {"all_down", all_down_name(pool.all_down)},
                        {"collectors", collectors}});
    }
    return json;
}

namespace {

// The row in use that some collector is reached by; nothing when none leaves by this way.
const xm_next_hop* hop_by_way(const AttachmentView& view, std::size_t way_row) {
    for (const auto& collector : view.collectors) {
        if (collector.next_hop >= view.next_hops.size()) continue;
        const auto& hop = view.next_hops[collector.next_hop];
        if (hop.ifindex != 0 && hop.egress == way_row) return &hop;
    }
    return nullptr;
}

// What the daemon has found of the way; says nothing where none runs.
void add_health(const AttachmentView& view, std::size_t row, Json& json) {
    const auto daemon = read_run_file(view.interface);
    if (!daemon || !daemon->contains("ways") || (*daemon)["ways"].size() <= row) return;
    const auto& way = (*daemon)["ways"][row];
    json["usable"] = way["usable"];
    json["pinned"] = way["pinned"];
    if (!way["usable"].get<bool>()) json["why_not"] = way["why"];
}

Json watcher_json(const AttachmentView& view) {
    const auto daemon = read_run_file(view.interface);
    if (!daemon) return nullptr;
    Json json = {{"pid", (*daemon)["pid"]}, {"switches", (*daemon)["switches"]}};
    if (daemon->contains("templates")) json["templates"] = (*daemon)["templates"];
    return json;
}

Json ready_json(const AttachmentView& view) {
    const auto daemon = read_run_file(view.interface);
    if (daemon && daemon->contains("ready")) return (*daemon)["ready"];
    return {{"ready", false}, {"why_not", "no daemon watches this interface"}};
}

Json way_json(const AttachmentView& view, const Egress& egress, std::size_t row,
              const xm_next_hop* hop) {
    const WayOut& way = *way_of(view, row);
    Json json = {{"interface", way.interface}, {"in_use", hop != nullptr}};
    add_health(view, row, json);
    if (hop == nullptr) return json;
    json["ifindex"] = hop->ifindex;
    json["path"] = path_name(hop->path);
    json["why"] = view.why_path[row];
    json["mtu"] = hop->mtu;
    json["oversize"] = egress.fragment ? "fragment" : "drop";
    if (way.mark != 0) json["mark"] = way.mark;
    if (way.table != 0) json["table"] = way.table;
    if (!has_mac(*hop)) return json;
    json["next_hop"] = {{"mac", mac_text(hop->dst_mac)}, {"from", next_hop_from(way.next_hop)}};
    if (const auto* address = std::get_if<IpAddress>(&way.next_hop))
        json["next_hop"]["address"] = address->text();
    return json;
}

}  // namespace

// What is said of an egress itself is said of the way in use, the primary if there is none.
Json egress_json(const AttachmentView& view) {
    Json json = Json::array();
    std::size_t row = 0;
    for (const auto& egress : view.profile.config.egress) {
        Json ways = Json::array();
        const xm_next_hop* used = nullptr;
        std::size_t shown = row;
        for (std::size_t i = 0; i < egress.ways.size(); ++i, ++row) {
            const auto* hop = hop_by_way(view, row);
            if (hop != nullptr && used == nullptr) {
                used = hop;
                shown = row;
            }
            ways.push_back(way_json(view, egress, row, hop));
        }
        Json entry = {{"name", egress.name}};
        entry.update(way_json(view, egress, shown, used));
        if (egress.ways.size() > 1) entry["ways"] = ways;
        json.push_back(entry);
    }
    return json;
}

Json status_json(const AttachmentView& view) {
    const auto& meta = view.meta;
    Json collectors = Json::array();
    for (const auto& pool : pools_json(view)) {
        for (auto collector : pool["collectors"]) {
            collector["pool"] = pool["name"];
            collectors.push_back(collector);
        }
    }
    return {{"interface", view.interface},
            {"ifindex", meta.ifindex},
            {"state", view.attached ? "attached" : "interface gone"},
            {"mode", mode_name(meta.mode)},
            {"attach", meta.kind == XM_ATTACH_DISPATCHER ? "dispatcher" : "link"},
            {"frags", (meta.features & XM_FEATURE_FRAGS) != 0},
            {"profile", meta.profile},
            {"version", meta.version},
            {"since", utc_text(meta.attached_ns)},
            {"program",
             {{"id", view.program.id}, {"name", view.program.name}, {"tag", view.program.tag}}},
            {"received", count_json(view.books.received)},
            {"copied", count_json(view.books.copied)},
            {"delivered", count_json(view.books.delivered)},
            {"dropped", count_json(view.books.dropped())},
            {"passed", count_json(view.books.passed())},
            {"drops", reasons_json(view, false)},
            {"passes", passes_json(view)},
            {"notes", notes_json(view, false)},
            {"sources", sources_json(view)},
            {"rules", rules_json(view)},
            {"collectors", collectors},
            {"egress", egress_json(view)},
            {"unconfirmed", trial_json(view)},
            {"watched_by", watcher_json(view)},
            {"ready", ready_json(view)},
            {"redirect_errors_counted", view.redirect_errors_counted},
            {"warnings", view.warnings}};
}

Json drops_json(const AttachmentView& view) {
    return {{"interface", view.interface},
            {"received", count_json(view.books.received)},
            {"copied", count_json(view.books.copied)},
            {"delivered", count_json(view.books.delivered)},
            {"dropped", count_json(view.books.dropped())},
            {"passed", count_json(view.books.passed())},
            {"drops", reasons_json(view, true)},
            {"passes", passes_json(view)},
            {"notes", notes_json(view, true)}};
}

}  // namespace xdpmirror
