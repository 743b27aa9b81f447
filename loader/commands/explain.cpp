// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror explain --profile P --pcap F [--out F] [--json].
#include "loader/explain_copies.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "loader/commands/commands.h"
#include "loader/frame_text.h"
#include "loader/pcap.h"
#include "loader/privileges.h"
#include "loader/report.h"

namespace xdpmirror {
namespace {

struct ExplainOptions {
    std::string profile;
    std::string pcap;
    std::string out;
    bool json = false;
};

const char* verdict_name(Explanation::Verdict verdict) {
    switch (verdict) {
        case Explanation::Verdict::pass:
            return "pass";
        case Explanation::Verdict::drop:
            return "drop";
        case Explanation::Verdict::forward:
            return "forward";
    }
    return "";
}

void add_outcome(Json& json, const Explanation& explanation, const Config& config, const Plan& plan) {
    json["verdict"] = verdict_name(explanation.verdict);
    if (!explanation.reason.empty()) {
        json["reason"] = explanation.reason;
        json["meaning"] = explanation.meaning;
    }
    if (explanation.source) json["source"] = config.sources[*explanation.source].name;
    if (explanation.rule) json["rule"] = config.rules[*explanation.rule].name;
    if (explanation.collector) {
        const auto& collector = plan.collectors[*explanation.collector];
        json["collector"] = collector.address.text();
        json["egress"] = config.egress[collector.egress].ways[0].interface;
    }
    if (!explanation.notes.empty()) json["notes"] = explanation.notes;
    if (!explanation.out.empty()) {
        const auto& first = explanation.out.front();
        json["out"] = {{"bytes", first.size()},
                       {"ethernet", ethernet_text(first)},
                       {"packet", packet_text(first)}};
        if (explanation.by_kernel) json["out"]["kernel_fragments"] = explanation.out.size();
    }
    Json steps = Json::array();
    for (const auto& step : explanation.steps)
        steps.push_back({{"stage", step.stage}, {"outcome", step.outcome}});
    json["steps"] = steps;
}

Json packet_json(const std::vector<Explanation>& copies, const CapturedFrame& frame, std::size_t number,
                 const Config& config, const Plan& plan) {
    Json json = {{"packet", number}, {"bytes", frame.bytes.size()}, {"wire_bytes", frame.wire_length}};
    add_outcome(json, copies.front(), config, plan);
    for (std::size_t i = 1; i < copies.size(); ++i) {
        Json copy = Json::object();
        add_outcome(copy, copies[i], config, plan);
        json["copies"].push_back(copy);
    }
    return json;
}

void print_outcome(const Explanation& explanation) {
    fmt::print("{}{}\n", verdict_name(explanation.verdict),
               explanation.reason.empty() ? "" : " (" + explanation.reason + ")");
    for (const auto& step : explanation.steps)
        fmt::print("    {:<12} {}\n", step.stage, step.outcome);
}

void print_text(const std::vector<Explanation>& copies, const CapturedFrame& frame, std::size_t number) {
    fmt::print("packet {}: {} bytes{}: ", number, frame.bytes.size(),
               frame.wire_length > frame.bytes.size()
                   ? fmt::format(" of {} (cut by the capture)", frame.wire_length)
                   : "");
    print_outcome(copies.front());
    for (std::size_t i = 1; i < copies.size(); ++i) {
        fmt::print("  copy {}: ", i + 1);
        print_outcome(copies[i]);
    }
}

void write_out(PcapWriter& writer, CapturedFrame& frame, std::vector<Explanation>& copies) {
    for (auto& copy : copies) {
        if (copy.verdict != Explanation::Verdict::forward) continue;
        for (auto& bytes : copy.out) {
            frame.bytes = std::move(bytes);
            writer.write(frame);
        }
    }
}

Result<> run_explain(const ExplainOptions& options) {
    auto profile = load_named_profile(options.profile);
    if (!profile) return profile.error();
    auto reader = PcapReader::open(options.pcap);
    if (!reader) return reader.error();
    if (auto allowed = require_capabilities(); !allowed) return allowed.error();
    std::vector<std::string> notes;
    auto explainer = CopyExplainer::make(profile->config, notes);
    if (!explainer) return explainer.error();
    for (const auto& note : notes) print_warning(note);
    std::optional<PcapWriter> writer;
    if (!options.out.empty()) {
        auto created = PcapWriter::create(options.out);
        if (!created) return created.error();
        writer.emplace(std::move(*created));
    }

    Json list = Json::array();
    Result<> end = Ok{};
    for (std::size_t number = 1;; ++number) {
        auto frame = reader->next();
        if (!frame) {
            end = frame.error();  // what came before the break is explained all the same
            break;
        }
        if (!*frame) break;
        auto copies = explainer->explain((*frame)->bytes);
        if (!copies) return while_doing(fmt::format("packet {}", number), copies.error());
        if (options.json)
            list.push_back(packet_json(*copies, **frame, number, profile->config, explainer->plan()));
        else
            print_text(*copies, **frame, number);
        if (writer) write_out(*writer, **frame, *copies);
    }
    if (options.json) fmt::print("{}\n", list.dump(2));
    if (writer) {
        if (auto finished = writer->finish(); !finished) return finished.error();
    }
    return end;
}

}  // namespace

void add_explain(CLI::App& app, Run& run) {
    auto options = std::make_shared<ExplainOptions>();
    auto* command = app.add_subcommand(
        "explain", "Run captured packets through a profile, without sending or counting");
    command->add_option("--profile", options->profile, "name, or path of a YAML file")->required();
    command->add_option("--pcap", options->pcap, "pcap or pcapng file")->required();
    command->add_option("--out", options->out, "writes the frames that would leave, in order");
    command->add_flag("--json", options->json, "for scripts: an array, an object a packet");
    command->callback([options, &run] { run = [options] { return run_explain(*options); }; });
}

}  // namespace xdpmirror
