// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/metrics/gather.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "loader/last_change.h"
#include "loader/metrics/attachment_metrics.h"
#include "loader/metrics/nic_metrics.h"
#include "loader/version.h"

namespace xdpmirror {
namespace {

void add_changes(Exposition& to, const std::string& interface) {
    for (const auto& [command, change] : read_last_changes(interface)) {
        to.add(Metric::last_change_success, {interface, command}, change.why_not.empty());
        to.add(Metric::last_change_timestamp_seconds, {interface, command},
               static_cast<double>(change.at_ns) / 1e9);
    }
}

// A device that has no counters, or is gone, has no series.
void add_nics(Exposition& to, const AttachmentView& view) {
    std::set<std::string> devices = {view.interface};
    for (const auto& egress : view.profile.config.egress) {
        for (const auto& way : egress.ways) devices.insert(way.interface);
    }
    for (const auto& device : devices) {
        const auto ethtool = Ethtool::make(device);
        if (!ethtool) continue;
        if (const auto counters = ethtool->counters(); counters)
            add_nic(to, view.interface, device, *counters);
    }
}

void add_tables(Exposition& to, const AttachmentView& view) {
    const std::tuple<const char*, std::size_t, std::size_t> tables[] = {
        {"sources", view.names.sources.rows.size(), XM_MAX_SOURCES},
        {"rules", view.names.rules.rows.size(), XM_MAX_RULES},
        {"collectors", view.names.collectors.rows.size(), XM_MAX_COLLECTORS},
    };
    for (const auto& [table, rows, limit] : tables) {
        to.add(Metric::table_rows, {view.interface, table}, static_cast<double>(rows));
        to.add(Metric::table_limit_rows, {view.interface, table}, static_cast<double>(limit));
    }
}

}  // namespace

void add_build(Exposition& to) {
    to.add(Metric::build_info, {kVersion}, 1);
}

Result<> add_all(Exposition& to, AttachmentView& view, const nlohmann::ordered_json& report) {
    using std::chrono::duration;
    const auto began = std::chrono::steady_clock::now();
    if (auto read = read_again(view); !read) return read;
    add_attachment(to, view);
    add_daemon(to, view, report);
    add_changes(to, view.interface);
    add_nics(to, view);
    add_tables(to, view);
    const duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    to.add(Metric::metrics_timestamp_seconds, {view.interface}, now.count());
    to.add(Metric::metrics_read_seconds, {view.interface},
           duration<double>(std::chrono::steady_clock::now() - began).count());
    return Ok{};
}

}  // namespace xdpmirror
