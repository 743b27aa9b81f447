// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Compares ways to put a new configuration under live traffic; prints tables, and writes the figures
// as JSON. run.sh makes the devices.
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <fstream>

#include "bench/attach/experiments.h"
#include "bench/attach/report.h"
#include "bench/cpu.h"
#include "bench/program.h"

namespace {

using namespace xdpmirror;
using namespace xdpmirror::bench;
using namespace xdpmirror::bench::attach;
using nlohmann::json;

struct Options {
    Devices devices;
    std::string pins;
    std::string json_file;
    std::vector<std::string> only;
    unsigned rounds = 5;
    unsigned swaps = 200;
    double seconds = 1;
    std::uint64_t packets = 100000;
    unsigned repeat = 50000;
    int cpu = 1;  // of the load; the loader keeps to another one
};

struct Experiment {
    const char* name;
    Result<json> (*run)(const Bench&);
};

constexpr Experiment kExperiments[] = {
    {"load", [](const Bench& bench) { return measure_load(bench, contenders()); }},
    {"cost", measure_cost},
    {"deaths", observe_deaths},
    {"layouts", observe_layouts},
    {"sharing", observe_sharing},
};

json conditions(const Options& options) {
    utsname system{};
    uname(&system);
    return {{"kernel", system.release},   {"compiler", XM_ATT_COMPILER},
            {"rules", +XM_ATT_RULES},     {"rounds", options.rounds},
            {"swaps", options.swaps},     {"seconds", options.seconds},
            {"repeat", options.repeat},   {"ingress", options.devices.ingress},
            {"flows", FrameSpec{}.flow_count}};
}

Result<> write_json(const std::string& file, const json& document) {
    if (file.empty()) return Ok{};
    std::ofstream out(file);
    out << document.dump(1) << '\n';
    out.close();
    if (!out) return Error{"cannot write '" + file + "'"};
    return Ok{};
}

Result<> run(const Options& options) {
    libbpf_set_print(nullptr);  // refusals are results here
    if (auto stayed = stay_on(options.cpu == 0 ? 1 : 0); !stayed) return stayed;
    Target target;
    auto ingress = ifindex_of(options.devices.ingress);
    if (!ingress) return ingress.error();
    auto egress = ifindex_of(options.devices.egress);
    if (!egress) return egress.error();
    target.ingress = *ingress;
    target.egress = *egress;

    auto wire = Wire::make(options.devices, target.frames, options.cpu);
    if (!wire) return wire.error();
    const Bench bench{*wire,         target,          options.devices.ingress,
                      options.pins,  options.rounds,  options.swaps,
                      options.seconds, options.packets, options.repeat};
    json document{{"conditions", conditions(options)}};
    for (const auto& experiment : kExperiments) {
        const auto& only = options.only;
        if (!only.empty() && std::find(only.begin(), only.end(), experiment.name) == only.end())
            continue;
        auto result = experiment.run(bench);
        if (!result) return while_doing(experiment.name, result.error());
        document[experiment.name] = std::move(*result);
    }
    fmt::print("{}", report(document));
    if (auto written = write_json(options.json_file, document); !written) return written;
    if (const auto blind = blindness(document); !blind.empty())
        return Error{"the experiment is blind: " + blind};
    return Ok{};
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Compare ways to put a new configuration under live traffic", "xm_bench_attach");
    Options options;

    app.add_option("--generator", options.devices.generator, "interface that sends")->required();
    app.add_option("--ingress", options.devices.ingress, "interface under test")->required();
    app.add_option("--egress", options.devices.egress, "interface redirected to")->required();
    app.add_option("--sink", options.devices.sink, "interface that counts")->required();
    app.add_option("--pins", options.pins, "an own directory in bpffs")->required();
    app.add_option("--json", options.json_file, "where to write the figures");
    app.add_option("--only", options.only, "load, cost, deaths, layouts, sharing")
        ->delimiter(',')
        ->check(CLI::IsMember({"load", "cost", "deaths", "layouts", "sharing"}));
    app.add_option("--rounds", options.rounds, "rounds, interleaved");
    app.add_option("--swaps", options.swaps, "swaps in a round");
    app.add_option("--seconds", options.seconds, "undisturbed load in a round");
    app.add_option("--packets", options.packets, "packets for a single look");
    app.add_option("--repeat", options.repeat, "runs of a program by itself");
    app.add_option("--cpu", options.cpu, "CPU of the load");
    return run_program(app, argc, argv, [&] { return run(options); });
}
