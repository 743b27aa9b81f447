// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror doctor IF [--profile P] [--apply] [--json]: what stands in the way of attach.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "loader/commands/commands.h"
#include "loader/doctor/gather.h"
#include "loader/doctor/report.h"
#include "loader/lock.h"

namespace xdpmirror {
namespace {

struct DoctorOptions {
    std::string interface;
    std::string profile;
    bool apply = false;
    bool json = false;
};

std::vector<Applied> apply(const Findings& findings) {
    std::vector<Applied> applied;
    for (const auto& change : changes_of(findings)) {
        auto made = make_change(change);
        applied.push_back({change, made ? std::string() : one_line(made.error())});
    }
    return applied;
}

Result<> verdict(const Facts& facts, const Findings& findings) {
    if (!has_error(findings)) return Ok{};
    std::vector<std::string> ids;
    for (const auto& one : findings) {
        if (one.level != Level::error) break;  // the worst come first
        if (ids.empty() || ids.back() != one.id) ids.push_back(one.id);
    }
    return Error{
        fmt::format("'{}' is not ready: {}; the fixes are above, after them run the doctor again",
                    facts.ingress.link.name, fmt::join(ids, ", "))};
}

Result<> run_doctor(const DoctorOptions& options) {
    std::optional<Profile> profile;
    if (!options.profile.empty()) {
        auto loaded = load_named_profile(options.profile);
        if (!loaded) return loaded.error();
        profile = std::move(*loaded);
    }
    const Config* config = profile ? &profile->config : nullptr;
    auto facts = gather_facts(options.interface, config);
    if (!facts) return facts.error();
    auto findings = diagnose(*facts);
    std::vector<Applied> applied;
    if (options.apply) {
        auto lock = lock_interface(facts->ingress.link.name);
        if (!lock) return lock.error();
        applied = apply(findings);
    }
    if (!applied.empty()) {
        facts = gather_facts(options.interface, config);
        if (!facts) return facts.error();
        findings = diagnose(*facts);
    }
    if (options.json)
        fmt::print("{}\n", doctor_json(*facts, findings, applied).dump(2));
    else
        fmt::print("{}", doctor_text(*facts, findings, applied));
    return verdict(*facts, findings);
}

}  // namespace

void add_doctor(CLI::App& app, Run& run) {
    auto options = std::make_shared<DoctorOptions>();
    auto* command = app.add_subcommand("doctor", "What stands in the way of attach, and its fix");
    command->add_option("interface", options->interface, "where mirrored packets come in")
        ->required();
    command->add_option("--profile", options->profile,
                        "name or path; without one only the machine is looked at");
    command->add_flag("--apply", options->apply, "make the fixes that are marked as safe");
    command->add_flag("--json", options->json, "for scripts");
    command->callback([options, &run] { run = [options] { return run_doctor(*options); }; });
}

}  // namespace xdpmirror
