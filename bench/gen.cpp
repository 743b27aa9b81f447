// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Sends live frames as fast as one CPU can, reads the sink's books meanwhile, and prints what it
// sent and what the sink saw as one line of JSON.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "bench/cpu.h"
#include "bench/flows.h"
#include "bench/generator.h"
#include "bench/program.h"
#include "bench/sender.h"
#include "maps/unique_fd.h"

namespace {

using namespace xdpmirror;
using namespace xdpmirror::bench;
using Clock = std::chrono::steady_clock;

struct Options {
    std::string device;
    std::string sink;
    std::string to_mac;
    std::string to_address;
    std::string inner_address = "172.16.0.10";
    FrameSpec spec;
    double seconds = 3;
    double warm_up = 0.3;
    int cpu = 1;
    int beside = 0;
};

// The sink's books, summed over CPUs.
struct Seen {
    xm_bench_tally tally{};
    std::uint32_t exporters = 0;
};

Result<UniqueFd> open_pin(const std::string& path) {
    UniqueFd fd(bpf_obj_get(path.c_str()));
    if (!fd) return system_error("open '" + path + "'", errno);
    return fd;
}

Result<Seen> read_sink(const UniqueFd& tally, const UniqueFd& exporters, std::uint32_t flows) {
    const auto cpus = static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus()));
    std::vector<xm_bench_tally> rows(cpus);
    std::vector<std::uint64_t> counts(cpus);
    Seen seen;

    std::uint32_t key = 0;
    if (bpf_map_lookup_elem(tally.get(), &key, rows.data()) != 0)
        return system_error("read the sink's tally", errno);
    for (const auto& row : rows) {
        seen.tally.packets += row.packets;
        seen.tally.wrong += row.wrong;
        seen.tally.checked += row.checked;
        seen.tally.bad_sum += row.bad_sum;
    }
    for (key = 0; key < flows; key++) {
        if (bpf_map_lookup_elem(exporters.get(), &key, counts.data()) != 0)
            return system_error("read the sink's exporters", errno);
        seen.exporters += std::ranges::any_of(counts, [](auto count) { return count != 0; });
    }
    return seen;
}

// What had happened at one moment of a run.
struct Moment {
    Clock::time_point at;
    std::chrono::nanoseconds cpu_time;  // of the sending thread and the softirqs it raises
    std::uint64_t sent;
    Seen seen;
};

// The rate is of the time between the first two moments, loss is of the whole run up to `end`.
void print(const Moment& first, const Moment& last, const Moment& end) {
    const std::chrono::duration<double> took = last.at - first.at;
    const std::chrono::duration<double> cpu = last.cpu_time - first.cpu_time;
    const auto& total = end.seen.tally;

    std::printf("{\"seconds\": %.6f, \"cpu_seconds\": %.6f, \"packets\": %llu, "
                "\"sent_total\": %llu, \"right_total\": %llu, \"wrong_total\": %llu, "
                "\"checked_total\": %llu, \"bad_sum_total\": %llu, \"exporters\": %u}\n",
                took.count(), cpu.count(), last.seen.tally.packets - first.seen.tally.packets,
                static_cast<unsigned long long>(end.sent), total.packets, total.wrong,
                total.checked, total.bad_sum, end.seen.exporters);
}

Result<> measure(const Options& options, const Generator& generator) {
    auto tally = open_pin(options.sink + "/tally");
    if (!tally) return tally.error();
    auto exporters = open_pin(options.sink + "/exporters");
    if (!exporters) return exporters.error();
    auto sender = Sender::start(generator.program_fd(), first_frame(options.spec), options.cpu);
    if (!sender) return sender.error();

    const auto look = [&]() -> Result<Moment> {
        Moment moment{Clock::now(), (*sender)->cpu_time() + softirq_time_of(options.cpu),
                      generator.sent(), {}};
        if (options.beside > 0) moment.cpu_time += cpu_time_of_process(options.beside);
        auto seen = read_sink(*tally, *exporters, options.spec.flow_count);
        if (!seen) return seen.error();
        moment.seen = *seen;
        return moment;
    };
    (*sender)->wait(options.warm_up);
    auto first = look();
    if (!first) return first.error();
    (*sender)->wait(options.seconds);
    auto last = look();
    if (!last) return last.error();
    if (auto stopped = (*sender)->stop(); !stopped) return stopped.error();
    auto end = look();
    if (!end) return end.error();
    print(*first, *last, *end);
    return Ok{};
}

Result<> run(Options& options) {
    auto mac = parse_mac(options.to_mac);
    if (!mac) return mac.error();
    auto node = parse_address(options.to_address);
    if (!node) return node.error();
    auto inner = parse_address(options.inner_address);
    if (!inner) return inner.error();
    options.spec.outer_destination = *mac;
    options.spec.node = *node;
    options.spec.inner_destination = *inner;
    if (auto good = check(options.spec); !good) return good.error();

    auto generator = Generator::make(options.spec, options.device);
    if (!generator) return generator.error();
    return measure(options, *generator);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Send live VXLAN frames and count what arrives", "xm_bench_gen");
    Options options;

    app.add_option("--dev", options.device, "interface that sends")->required();
    app.add_option("--sink", options.sink, "directory where the sink pinned its maps")->required();
    app.add_option("--to-mac", options.to_mac, "MAC of the node's ingress")->required();
    app.add_option("--to-address", options.to_address, "outer destination")->required();
    app.add_option("--inner-address", options.inner_address, "inner destination");
    app.add_option("--inner-port", options.spec.inner_port, "inner UDP destination");
    app.add_option("--vni", options.spec.vni, "VXLAN network identifier");
    app.add_option("--flows", options.spec.flow_count, "number of exporters, a power of two");
    app.add_option("--payload", options.spec.payload_bytes, "payload, bytes");
    app.add_option("--seconds", options.seconds, "how long to measure");
    app.add_option("--warm-up", options.warm_up, "how long to send before, seconds");
    app.add_option("--cpu", options.cpu, "CPU that everything runs on");
    app.add_option("--beside", options.beside, "process whose CPU time is counted too");
    return run_program(app, argc, argv, [&] { return run(options); });
}
