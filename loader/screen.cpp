// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Text from the same JSON values that scripts read, so that the two cannot disagree.
#include "loader/screen.h"

#include <fmt/core.h>

#include "loader/report.h"
#include "loader/table.h"

namespace xdpmirror {
namespace {

std::string packets(const Json& count) {
    return grouped(count["packets"].get<std::uint64_t>());
}

std::string bytes(const Json& count) { return grouped(count["bytes"].get<std::uint64_t>()); }

std::string join(const Json& list) {
    std::string text;
    for (const auto& item : list) text += (text.empty() ? "" : ", ") + item.get<std::string>();
    return text;
}

std::string match_text(const Json& match) {
    if (match.empty()) return "everything";
    std::string text;
    for (const auto& [key, value] : match.items()) {
        const auto shown = value.is_string() ? value.get<std::string>() : value.dump();
        text += (text.empty() ? "" : " ") + fmt::format("{} {}", key, shown);
    }
    return text;
}

std::string reason_rows(const Json& reasons, const std::string& empty) {
    TextTable table({"reason", "packets", "bytes", "meaning"});
    for (const auto& row : reasons) {
        if (row["packets"].get<std::uint64_t>() == 0) continue;
        table.add({row["reason"].get<std::string>(), packets(row), bytes(row),
                   row["meaning"].get<std::string>()});
    }
    return table.empty() ? empty : table.text(2);
}

std::string note_rows(const Json& notes, const std::string& empty) {
    TextTable table({"note", "packets", "bytes", "meaning"});
    for (const auto& row : notes) {
        if (row["packets"].get<std::uint64_t>() == 0) continue;
        table.add({row["note"].get<std::string>(), packets(row), bytes(row),
                   row["meaning"].get<std::string>()});
    }
    return table.empty() ? empty : table.text(2);
}

// " (path redirect: its driver takes redirected frames), next hop 02:00:00:00:00:01, MTU 1500, larger ones fragmented by the kernel"
std::string path_text(const Json& egress) {
    std::string text = fmt::format(" (path {}: {})", egress["path"].get<std::string>(),
                                   egress["why"].get<std::string>());
    if (egress.contains("next_hop"))
        text += fmt::format(", next hop {}", egress["next_hop"]["mac"].get<std::string>());
    if (egress.contains("mark")) text += fmt::format(", mark {:#x}", egress["mark"].get<unsigned>());
    if (egress.contains("table")) text += fmt::format(", table {}", egress["table"].get<unsigned>());
    text += fmt::format(", MTU {}", egress["mtu"].dump());
    if (egress["oversize"] == "fragment") text += ", larger ones fragmented by the kernel";
    return text;
}

// "    eth2: standby, not usable: it has no carrier"
std::string way_text(const Json& way) {
    std::string text = fmt::format("    {}: {}", way["interface"].get<std::string>(),
                                   way["in_use"].get<bool>() ? "in use" : "not in use");
    if (!way.contains("usable")) return text + "\n";  // nobody watches
    if (way["pinned"].get<bool>()) text += ", pinned by hand";
    if (way["usable"].get<bool>()) return text + ", works\n";
    return text + ", does not work: " + way["why_not"].get<std::string>() + "\n";
}

// What the daemon keeps for exporters that move; nothing where no pool wants it.
std::string templates_text(const Json& watcher) {
    if (!watcher.contains("templates")) return {};
    const auto& templates = watcher["templates"];
    auto text = fmt::format("  templates: {} of {} streams kept, {} messages sent", templates["templates"].dump(),
                            templates["streams"].dump(), templates["sent"].dump());
    if (templates["refused"] != 0) text += fmt::format(", {} without room", templates["refused"].dump());
    if (templates["malformed"] != 0) text += fmt::format(", {} malformed", templates["malformed"].dump());
    if (templates["failed"] != 0)
        text += fmt::format(", {} not sent: {}", templates["failed"].dump(), templates["why"].get<std::string>());
    return text + "\n";
}

std::string watcher_text(const Json& report, const std::string& interface) {
    if (report["watched_by"].is_null())
        return fmt::format("  nobody watches next hops and ways out: xdpmirror run {} --profile {}\n",
                           interface, report["profile"].get<std::string>());
    return fmt::format("  watched by process {}\n", report["watched_by"]["pid"].dump()) +
           templates_text(report["watched_by"]);
}

std::string ready_text(const Json& ready) {
    std::string text = ready["ready"].get<bool>() ? "  ready to be sent packets\n"
                                                  : fmt::format("  NOT READY to be sent packets: {}\n",
                                                                ready["why_not"].get<std::string>());
    if (ready.contains("not_listening"))
        text += fmt::format("  WARNING: {}\n", ready["not_listening"].get<std::string>());
    return text;
}

std::string totals_text(const Json& report) {
    TextTable table({"", "packets", "bytes"});
    for (const auto* key : {"received", "copied", "delivered", "dropped", "passed"}) {
        // profiles without copies need not know of them
        if (key == std::string("copied") && report[key]["packets"] == 0) continue;
        table.add({key, packets(report[key]), bytes(report[key])});
    }
    return table.text(2);
}

}  // namespace

std::string drops_text(const AttachmentView& view) {
    const auto report = drops_json(view);
    return fmt::format("{}: received {}= delivered + dropped; passed went to the kernel untouched\n{}"
                       "dropped\n{}passed\n{}noted\n{}",
                       view.interface, report["copied"]["packets"] == 0 ? "" : "+ copied ", totals_text(report),
                       reason_rows(report["drops"], "  nothing\n"),
                       reason_rows(report["passes"], "  nothing\n"),
                       note_rows(report["notes"], "  nothing\n"));
}

std::string sources_text(const AttachmentView& view) {
    TextTable table(
        {"source", "in", "vni", "from", "received", "delivered", "dropped", "truncated"});
    for (const auto& source : sources_json(view))
        table.add({source["name"].get<std::string>(), source["way"].get<std::string>(),
                   source.contains("vni") ? source["vni"].dump() : "-", join(source["from"]),
                   packets(source["received"]), packets(source["delivered"]),
                   packets(source["dropped"]), packets(source["truncated"])});
    return table.text();
}

// "fdi" or "fdi, archive"; what is missing is a dash.
std::string sends_text(const Json& send, const char* key) {
    const auto one = [key](const Json& json) {
        if (!json.contains(key)) return std::string("-");
        return json[key].is_string() ? json[key].get<std::string>() : json[key].dump();
    };
    if (!send.is_array()) return one(send);
    std::string text;
    for (const auto& json : send) text += (text.empty() ? "" : ", ") + one(json);
    return text;
}

std::string rules_text(const AttachmentView& view) {
    TextTable table({"rule", "match", "pool", "port", "packets", "bytes"});
    for (const auto& rule : rules_json(view)) {
        const auto& send = rule["send"];
        table.add({rule["name"].get<std::string>(), match_text(rule["match"]), sends_text(send, "to"),
                   sends_text(send, "port"), packets(rule), bytes(rule)});
    }
    return table.text();
}

std::string pools_text(const AttachmentView& view) {
    TextTable table({"pool", "collector", "state", "share", "egress", "next hop", "packets", "bytes"});
    std::string whys;
    for (const auto& pool : pools_json(view)) {
        for (const auto& collector : pool["collectors"]) {
            const auto address = collector["address"].get<std::string>();
            table.add({pool["name"].get<std::string>(), address, collector["state"].get<std::string>(),
                       fmt::format("{:.1f} %", 100 * collector["share"].get<double>()),
                       collector.value("egress", "-"), collector.value("next_hop_mac", "-"),
                       packets(collector), bytes(collector)});
            if (collector.contains("why_not"))
                whys += fmt::format("  {}/{}: {}\n", pool["name"].get<std::string>(), address,
                                    collector["why_not"].get<std::string>());
        }
    }
    return table.text() + whys;
}

std::string status_text(const AttachmentView& view) {
    const auto report = status_json(view);
    std::string text = fmt::format(
        "{}: {}, {} XDP by {}{}, profile {}, since {}, xdpmirror {}\n", view.interface,
        report["state"].get<std::string>(), report["mode"].get<std::string>(),
        report["attach"].get<std::string>(),
        report["frags"].get<bool>() ? ", multi-buffer" : ", single-buffer",
        report["profile"].get<std::string>(), report["since"].get<std::string>(),
        report["version"].get<std::string>());
    if (const auto& trial = report["unconfirmed"]; !trial.is_null() && trial["watcher_runs"])
        text += fmt::format("  detaches itself in {} s unless confirmed: xdpmirror confirm {}\n",
                            trial["seconds_left"].dump(), view.interface);
    for (const auto& warning : view.warnings) text += "  WARNING: " + warning + "\n";
    for (const auto& egress : report["egress"]) {
        text += fmt::format("  egress {} by {}", egress["name"].get<std::string>(),
                            egress["interface"].get<std::string>());
        if (egress.contains("path")) text += path_text(egress);
        text += "\n";
        if (egress.contains("ways"))
            for (const auto& way : egress["ways"]) text += way_text(way);
    }
    text += watcher_text(report, view.interface);
    // without a daemon there is nobody to say it, which matters where somebody asks
    if (!report["watched_by"].is_null() || view.profile.config.ready != Ready{}) text += ready_text(report["ready"]);
    text += totals_text(report);
    text += "dropped\n" + reason_rows(report["drops"], "  nothing\n");
    if (!report["notes"].empty()) text += "noted\n" + note_rows(report["notes"], "");
    text += sources_text(view) + rules_text(view) + pools_text(view);
    return text;
}

}  // namespace xdpmirror
