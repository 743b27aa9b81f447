// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/tune/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "loader/table.h"

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;
using Did = TuneReport::Did;

std::string summary(const TuneReport& report) {
    const auto steps = report.results.size();
    const auto refused = refusals(report);
    switch (report.did) {
        case Did::nothing:
            return steps == 0 ? "nothing to change"
                              : fmt::format("{} to change; nothing was, --apply does it", steps);
        case Did::apply:
            return steps == 0 ? "nothing to change"
                              : fmt::format("{} changed, {} refused; --revert undoes it",
                                            steps - refused, refused);
        case Did::revert:
            return steps == 0 ? "nothing to undo"
                              : fmt::format("{} undone, {} refused", steps - refused, refused);
    }
    return {};
}

const char* name_of(Did did) {
    constexpr const char* kNames[] = {"nothing", "apply", "revert"};
    return kNames[static_cast<std::size_t>(did)];
}

}  // namespace

std::size_t refusals(const TuneReport& report) {
    return static_cast<std::size_t>(
        std::count_if(report.results.begin(), report.results.end(),
                      [](const TuneResult& one) { return !one.error.empty(); }));
}

std::string tune_text(const TuneReport& report) {
    std::string text = fmt::format("{}: {}\n", report.interface, summary(report));
    TextTable table({"what", "from", "to", "command"});
    for (const auto& [step, error] : report.results)
        table.add({step.what, step.from, step.to,
                   error.empty() ? command_of(step.change) : "REFUSED " + error});
    if (!table.empty()) text += table.text(2);
    for (const auto& note : report.notes) text += "  note: " + note + "\n";
    return text;
}

Json tune_json(const TuneReport& report) {
    Json steps = Json::array();
    for (const auto& [step, error] : report.results) {
        Json entry = {{"what", step.what},
                      {"from", step.from},
                      {"to", step.to},
                      {"command", command_of(step.change)},
                      {"done", report.did != Did::nothing && error.empty()}};
        if (!error.empty()) entry["error"] = error;
        steps.push_back(entry);
    }
    return {{"interface", report.interface},
            {"did", name_of(report.did)},
            {"steps", steps},
            {"refused", refusals(report)},
            {"notes", report.notes}};
}

}  // namespace xdpmirror
