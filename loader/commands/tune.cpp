// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror tune IF [--apply|--revert] [--json]: the NIC's settings for many small packets.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "loader/commands/commands.h"
#include "loader/lock.h"
#include "loader/tune/report.h"

namespace xdpmirror {
namespace {

struct TuneOptions {
    std::string interface;
    bool apply = false;
    bool revert = false;
    bool json = false;
};

// The record that there is, of this NIC since this boot, or a new one.
Result<TuneRecord> record_for(const LinkInfo& link) {
    TuneRecord fresh{
        .interface = link.name, .mac = link.mac.text(), .boot = boot_id(), .steps = {}};
    auto found = read_record(link.name);
    if (!found) return found.error();
    if (!*found || (*found)->boot != fresh.boot) return fresh;
    if ((*found)->mac != fresh.mac)
        return Error{record_path(link.name) + " is of another NIC (" + (*found)->mac + ", not " +
                     fresh.mac + "); if that one is gone, remove it: rm " + record_path(link.name)};
    return **found;
}

Result<> keep_or_remove(const TuneRecord& record) {
    return record.steps.empty() ? remove_record(record.interface) : write_record(record);
}

void append(std::vector<TuneResult>& all, std::vector<TuneResult> more) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
}

std::vector<TuneStep> steps_of(const TunePlan& plan, bool of_queues) {
    std::vector<TuneStep> steps;
    std::copy_if(plan.steps.begin(), plan.steps.end(), std::back_inserter(steps),
                 [of_queues](const TuneStep& step) { return step.of_queues == of_queues; });
    return steps;
}

// Queues and their interrupts are others once the channels were changed: they are read again.
Result<> apply(const TuneFacts& facts, const TunePlan& plan, TuneReport& report) {
    report.did = TuneReport::Did::apply;
    auto record = record_for(facts.device.link);
    if (!record) return record.error();
    auto device = apply_steps(steps_of(plan, false), *record, make_change, keep_or_remove);
    if (!device) return device.error();
    append(report.results, std::move(*device));
    const auto now = gather_tune(facts.device.link.name);
    if (!now) return now.error();
    auto queues =
        apply_steps(steps_of(plan_tune(*now), true), *record, make_change, keep_or_remove);
    if (!queues) return queues.error();
    append(report.results, std::move(*queues));
    return Ok{};
}

Result<> revert(const LinkInfo& link, TuneReport& report) {
    report.did = TuneReport::Did::revert;
    auto record = record_for(link);
    if (!record) return record.error();
    const auto found = read_record(link.name);
    if (found && *found && (*found)->boot != record->boot)
        report.notes.push_back("the record is of an earlier boot: the settings went with it");
    report.results = revert_steps(*record, make_change);
    return keep_or_remove(*record);
}

Result<> verdict(const TuneReport& report) {
    if (refusals(report) == 0) return Ok{};
    std::string names;
    for (const auto& [step, error] : report.results) {
        if (!error.empty()) names += (names.empty() ? "" : ", ") + step.what;
    }
    return Error{"'" + report.interface + "' refused: " + names + "; the rest is done"};
}

Result<> run_tune(const TuneOptions& options) {
    auto facts = gather_tune(options.interface);
    if (!facts) return facts.error();
    const auto& link = facts->device.link;
    TuneReport report;
    report.interface = link.name;
    if (options.apply || options.revert) {
        auto lock = lock_interface(link.name);
        if (!lock) return lock.error();
        const auto plan = plan_tune(*facts);
        if (options.apply) report.notes = plan.notes;
        auto done = options.apply ? apply(*facts, plan, report) : revert(link, report);
        if (!done) return done.error();
    } else {
        auto plan = plan_tune(*facts);
        for (auto& step : plan.steps) report.results.push_back({std::move(step), {}});
        report.notes = std::move(plan.notes);
    }
    if (options.json)
        fmt::print("{}\n", tune_json(report).dump(2));
    else
        fmt::print("{}", tune_text(report));
    return verdict(report);
}

}  // namespace

void add_tune(CLI::App& app, Run& run) {
    auto options = std::make_shared<TuneOptions>();
    auto* command = app.add_subcommand(
        "tune", "Channels, rings, interrupts and merging of a NIC, as XDP likes");
    command->add_option("interface", options->interface, "where mirrored packets come in")
        ->required();
    auto* apply = command->add_flag("--apply", options->apply, "make the changes that are printed");
    command->add_flag("--revert", options->revert, "undo what --apply has changed")
        ->excludes(apply);
    command->add_flag("--json", options->json, "for scripts");
    command->callback([options, &run] { run = [options] { return run_tune(*options); }; });
}

}  // namespace xdpmirror
