// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Markdown tables out of the experiments' JSON; see report.h.
#include "bench/attach/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace xdpmirror::bench::attach {

using nlohmann::json;

namespace {

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    if (values.size() % 2 == 1) return values[middle];
    return (values[middle - 1] + values[middle]) / 2;
}

// A figure, or a dash where there was nothing to measure.
std::string figure(double value, int decimals) {
    if (!std::isfinite(value) || value == 0) return "-";
    return fmt::format("{:.{}f}", value, decimals);
}

// Of /part/name in every round.
double median_of(const json& rounds, const char* part, const char* name) {
    std::vector<double> values;
    for (const auto& round : rounds) values.push_back(round[part][name].get<double>());
    return median(values);
}

std::int64_t sum_of(const json& rounds, const char* name) {
    std::int64_t sum = 0;
    for (const auto& round : rounds) sum += round["books"][name].get<std::int64_t>();
    return sum;
}

// Of all swaps of all rounds.
double median_swap(const json& rounds, const char* name) {
    std::vector<double> values;
    for (const auto& round : rounds) {
        for (const auto& value : round["swapping"][name]) values.push_back(value.get<double>());
    }
    return median(values);
}

std::size_t swaps_of(const json& rounds) {
    std::size_t swaps = 0;
    for (const auto& round : rounds) swaps += round["swapping"]["swap_us"].size();
    return swaps;
}

std::string books_table(const json& load) {
    std::string text =
        "| mechanism | packets sent | swaps | seen by the sink | lost | before the program "
        "| at the program | after it | mixed | stale |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    for (const auto& row : load) {
        const auto& rounds = row["rounds"];
        text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
                            row["mechanism"].get<std::string>(), sum_of(rounds, "sent"),
                            swaps_of(rounds), sum_of(rounds, "switches_seen"),
                            sum_of(rounds, "lost"), sum_of(rounds, "lost_before"),
                            sum_of(rounds, "lost_at_program"), sum_of(rounds, "lost_after"),
                            sum_of(rounds, "mixed"), sum_of(rounds, "stale"));
    }
    return text;
}

std::string rates_table(const json& load) {
    std::string text =
        "| mechanism | Mpps | ratio | Mpps while swapping | program, ns | ratio | path, CPU ns "
        "| reload, ms | build | fill | swap |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    const auto& first = load[0]["rounds"];
    const double first_rate = median_of(first, "undisturbed", "packets_per_second");
    const double first_time = median_of(first, "undisturbed", "program_ns");
    for (const auto& row : load) {
        const auto& rounds = row["rounds"];
        const double rate = median_of(rounds, "undisturbed", "packets_per_second");
        const double time = median_of(rounds, "undisturbed", "program_ns");
        const std::string cells[] = {
            row["mechanism"].get<std::string>(),
            figure(rate / 1e6, 3),
            figure(rate / first_rate, 2),
            figure(median_of(rounds, "swapping", "packets_per_second") / 1e6, 3),
            figure(time, 1),
            figure(time / first_time, 2),
            figure(median_of(rounds, "undisturbed", "cpu_ns_per_packet"), 0),
            figure(median_swap(rounds, "reload_us") / 1e3, 2),
            figure(median_swap(rounds, "build_us") / 1e3, 2),
            figure(median_swap(rounds, "fill_us") / 1e3, 2),
            figure(median_swap(rounds, "swap_us") / 1e3, 3),
        };
        text += fmt::format("| {} |\n", fmt::join(cells, " | "));
    }
    return text;
}

std::string cost_table(const json& cost) {
    std::string text = "| mechanism | ns a run | ratio |\n| --- | --- | --- |\n";
    double first = 0;
    for (const auto& row : cost) {
        const double time = median(row["ns"].get<std::vector<double>>());
        if (first == 0) first = time;
        text += fmt::format("| {} | {:.0f} | {:.2f} |\n", row["mechanism"].get<std::string>(), time,
                            time / first);
    }
    return text;
}

std::string deaths_table(const json& deaths) {
    std::string text =
        "| mechanism | the loader's end | packets sent | delivered | mixed | by generation "
        "| maps left |\n| --- | --- | --- | --- | --- | --- | --- |\n";
    for (const auto& row : deaths)
        text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n",
                            row["mechanism"].get<std::string>(), row["death"].get<std::string>(),
                            row["sent"].get<std::int64_t>(), row["seen"].get<std::int64_t>(),
                            row["mixed"].get<std::int64_t>(), row["generation"].get<int>(),
                            row["maps"].get<int>());
    return text;
}

std::string layouts_table(const json& layouts) {
    std::string text =
        "| change | mechanism | taken | the kernel's answer | lost | mixed |\n"
        "| --- | --- | --- | --- | --- | --- |\n";
    for (const auto& row : layouts)
        text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", row["change"].get<std::string>(),
                            row["mechanism"].get<std::string>(),
                            row["taken"].get<bool>() ? "yes" : "no",
                            row["answer"].get<std::string>(), row["lost"].get<std::int64_t>(),
                            row["mixed"].get<std::int64_t>());
    return text;
}

std::string kinds_table(const json& kinds) {
    std::string text = "| a program that | taken | answer |\n| --- | --- | --- |\n";
    for (const auto& row : kinds)
        text += fmt::format("| {} | {} | {} |\n", row["kind"].get<std::string>(),
                            row["taken"].get<bool>() ? "yes" : "no",
                            row["answer"].get<std::string>());
    return text;
}

std::string load_tables(const json& load) {
    return "Under load, all rounds together:\n\n" + books_table(load) +
           "\nMedians of the rounds:\n\n" + rates_table(load) + "\n";
}

}  // namespace

std::string report(const json& document) {
    std::string text;
    if (document.contains("load")) text += load_tables(document["load"]);
    if (document.contains("cost"))
        text += "The program alone, run repeatedly on one frame, without decapsulation:\n\n" +
                cost_table(document["cost"]) + "\n";
    if (document.contains("deaths"))
        text += "After the loader's death, generation 1 loaded and 2 on its way:\n\n" +
                deaths_table(document["deaths"]) + "\n";
    if (document.contains("layouts"))
        text += "Changes of layout, under load:\n\n" + layouts_table(document["layouts"]) + "\n";
    if (document.contains("sharing")) {
        text += "In libxdp's dispatcher, beside a program that passes everything:\n\n" +
                kinds_table(document["sharing"]["kinds"]) + "\n";
        if (document["sharing"].contains("load")) text += load_tables(document["sharing"]["load"]);
    }
    return text;
}

std::string blindness(const json& document) {
    if (!document.contains("load")) return {};
    for (const auto& row : document["load"]) {
        const auto& rounds = row["rounds"];
        if (row["control"].get<bool>() && sum_of(rounds, "mixed") == 0 &&
            sum_of(rounds, "lost") == 0)
            return "'" + row["mechanism"].get<std::string>() + "' showed neither loss nor mixture";
    }
    return {};
}

}  // namespace xdpmirror::bench::attach
