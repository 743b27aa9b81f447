// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/metrics/attachment_metrics.h"

#include <nlohmann/json.hpp>

#include "loader/link_hook.h"
#include "maps/reasons.h"

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;
using Labels = std::vector<std::string>;

double seconds(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e9;
}

// Adds packets and bytes of one count.
void add(Exposition& to, Metric packets, Metric bytes, const Labels& labels,
         const xm_count& count) {
    to.add(packets, labels, static_cast<double>(count.packets));
    to.add(bytes, labels, static_cast<double>(count.bytes));
}

void add_what_it_is(Exposition& to, const AttachmentView& view) {
    const auto& meta = view.meta;
    to.add(Metric::attached, {view.interface}, view.attached);
    to.add(Metric::attachment_info,
           {view.interface, mode_name(meta.mode),
            meta.kind == XM_ATTACH_DISPATCHER ? "dispatcher" : "link", meta.profile, meta.version,
            view.program.tag},
           1);
    to.add(Metric::attached_timestamp_seconds, {view.interface}, seconds(meta.attached_ns));
    to.add(Metric::configured_timestamp_seconds, {view.interface}, seconds(meta.configured_ns));
    to.add(Metric::unconfirmed, {view.interface}, view.trial.has_value());
    to.add(Metric::warnings, {view.interface}, static_cast<double>(view.warnings.size()));
}

// Reasons with nothing under them, too: an alert that looks for an increase needs the zero before
// it.
void add_totals(Exposition& to, const AttachmentView& view) {
    const auto& books = view.books;
    add(to, Metric::received_packets_total, Metric::received_bytes_total, {view.interface},
        books.received);
    add(to, Metric::copied_packets_total, Metric::copied_bytes_total, {view.interface},
        books.copied);
    add(to, Metric::delivered_packets_total, Metric::delivered_bytes_total, {view.interface},
        books.delivered);
    const auto dropped = [&](std::string_view reason, const xm_count& count) {
        add(to, Metric::dropped_packets_total, Metric::dropped_bytes_total,
            {view.interface, std::string(reason)}, count);
    };
    const auto passed = [&](std::string_view reason, const xm_count& count) {
        add(to, Metric::passed_packets_total, Metric::passed_bytes_total,
            {view.interface, std::string(reason)}, count);
    };
    for (std::uint32_t i = XM_DROP_NONE + 1; i < XM_DROP_MAX; ++i)
        dropped(drop_reason(i).label, books.drops[i]);
    for (std::uint32_t i = 0; i < XM_PASS_MAX; ++i) passed(pass_reason(i).label, books.passes[i]);
    for (const auto& [label, count] : books.other_drops) dropped(label, count);
    for (const auto& [label, count] : books.other_passes) passed(label, count);
    for (std::uint32_t i = 0; i < XM_NOTE_MAX; ++i)
        to.add(Metric::noted_packets_total, {view.interface, std::string(note(i).label)},
               static_cast<double>(books.notes[i].packets));
}

void add_sources(Exposition& to, const AttachmentView& view) {
    const auto& sources = view.profile.config.sources;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const Labels labels = {view.interface, sources[i].name};
        const auto& book = view.books.sources[i];
        add(to, Metric::source_received_packets_total, Metric::source_received_bytes_total, labels,
            book.received);
        add(to, Metric::source_forwarded_packets_total, Metric::source_forwarded_bytes_total,
            labels, book.forwarded);
        add(to, Metric::source_dropped_packets_total, Metric::source_dropped_bytes_total, labels,
            book.dropped);
        to.add(Metric::source_truncated_packets_total, labels,
               static_cast<double>(book.truncated.packets));
    }
}

void add_rules(Exposition& to, const AttachmentView& view) {
    const auto& rules = view.profile.config.rules;
    for (std::size_t i = 0; i < rules.size(); ++i)
        add(to, Metric::rule_matched_packets_total, Metric::rule_matched_bytes_total,
            {view.interface, rules[i].name}, view.books.rules[i]);
}

// Collectors of all pools stand behind each other.
void add_pools(Exposition& to, const AttachmentView& view) {
    const auto& config = view.profile.config;
    const auto drained = drained_collectors(config, view.overrides);
    std::size_t first = 0;
    for (const auto& pool : config.pools) {
        std::uint32_t slots = 0;
        for (std::size_t i = 0; i < pool.collectors.size(); ++i) slots += view.slots[first + i];
        to.add(Metric::pool_collectors, {view.interface, pool.name},
               static_cast<double>(pool.collectors.size()));
        for (std::size_t i = 0; i < pool.collectors.size(); ++i) {
            const auto row = first + i;
            const auto address = pool.collectors[i].address.text();
            add(to, Metric::collector_sent_packets_total, Metric::collector_sent_bytes_total,
                {view.interface, pool.name, address, pool.via}, view.books.collectors[row]);
            to.add(Metric::collector_share_ratio, {view.interface, pool.name, address},
                   slots == 0 ? 0 : static_cast<double>(view.slots[row]) / slots);
            to.add(Metric::collector_drained, {view.interface, pool.name, address}, drained[row]);
            to.add(Metric::pool_used_collectors, {view.interface, pool.name}, view.slots[row] > 0);
        }
        first += pool.collectors.size();
    }
}

// How many collectors are reached by each row of xm_egress.
std::vector<double> collectors_by_way(const AttachmentView& view) {
    std::vector<double> count(XM_MAX_EGRESS);
    for (const auto& collector : view.collectors) {
        if (collector.next_hop >= view.next_hops.size()) continue;
        const auto& hop = view.next_hops[collector.next_hop];
        if (hop.ifindex != 0 && hop.egress < count.size()) ++count[hop.egress];
    }
    return count;
}

void add_ways(Exposition& to, const AttachmentView& view) {
    const auto collectors = collectors_by_way(view);
    std::size_t row = 0;
    for (const auto& egress : view.profile.config.egress) {
        for (std::size_t i = 0; i < egress.ways.size(); ++i, ++row) {
            const Labels labels = {view.interface, egress.name, egress.ways[i].interface};
            to.add(Metric::way_collectors, labels, collectors[row]);
            to.add(Metric::way_primary, labels, i == 0);
        }
    }
}

void add_ready(Exposition& to, const std::string& interface, const Json& ready) {
    to.add(Metric::ready, {interface}, ready.value("ready", false));
    if (!ready.contains("conditions")) return;
    for (const auto& [name, condition] : ready["conditions"].items())
        to.add(Metric::ready_condition, {interface, name}, condition.value("met", false));
}

void add_templates(Exposition& to, const std::string& interface, const Json& templates) {
    constexpr std::pair<const char*, Metric> kAll[] = {
        {"streams", Metric::template_streams},
        {"templates", Metric::templates},
        {"learned", Metric::template_messages_learned_total},
        {"malformed", Metric::template_messages_malformed_total},
        {"refused", Metric::template_messages_refused_total},
        {"sent", Metric::template_messages_sent_total},
        {"failed", Metric::template_messages_failed_total}};
    for (const auto& [key, metric] : kAll) to.add(metric, {interface}, templates.value(key, 0.0));
}

}  // namespace

void add_attachment(Exposition& to, const AttachmentView& view) {
    add_what_it_is(to, view);
    add_totals(to, view);
    add_sources(to, view);
    add_rules(to, view);
    add_pools(to, view);
    add_ways(to, view);
}

void add_daemon(Exposition& to, const AttachmentView& view, const Json& report) {
    to.add(Metric::daemon_up, {view.interface}, !report.is_null());
    if (report.is_null()) return;
    to.add(Metric::way_switches_total, {view.interface}, report.value("switches", 0.0));
    if (report.contains("ready")) add_ready(to, view.interface, report["ready"]);
    if (report.contains("templates")) add_templates(to, view.interface, report["templates"]);
    std::size_t row = 0;
    for (const auto& pool : view.profile.config.pools) {
        for (const auto& collector : pool.collectors) {
            const auto& all = report["collectors"];
            if (row >= all.size()) break;  // it follows a reload in a moment
            const bool usable = all[row++].value("why", std::string()).empty();
            to.add(Metric::collector_usable, {view.interface, pool.name, collector.address.text()},
                   usable);
            to.add(Metric::pool_usable_collectors, {view.interface, pool.name}, usable);
        }
    }
    for (const auto& way : report["ways"])
        to.add(Metric::way_usable,
               {view.interface, way.value("egress", std::string()),
                way.value("interface", std::string())},
               way.value("usable", false));
}

}  // namespace xdpmirror
