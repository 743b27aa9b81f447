// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Times the loaded data plane on packets that leave it at successive stages, and prints one line of
// JSON a case and round. The runs count in the live books; they prove that each packet left where
// it was meant to. Driver cost is not in the figures.
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/cpu.h"
#include "bench/flows.h"
#include "bench/native_link.h"
#include "bench/program.h"
#include "bench_stages.skel.h"
#include "maps/layout.h"

namespace {

using namespace xdpmirror;
using namespace xdpmirror::bench;
using Harness = std::unique_ptr<bench_stages_bpf, Deleter<bench_stages_bpf::destroy>>;

struct Options {
    std::string program;
    std::string drops;
    std::string to_address;
    std::string inner_address = "172.16.0.10";
    FrameSpec spec;
    int rounds = 5;
    int repeat = 1000000;
    int cpu = -1;
};

// A packet, the verdict it must get, and the drop reason it must be counted under.
struct Case {
    const char* name;
    void (*change)(FrameSpec&);
    std::uint32_t verdict;
    std::uint32_t reason = XM_DROP_NONE;
    bool harness = false;  // runs the empty target
};

const Case kCases[] = {
    {"harness", [](FrameSpec&) {}, XDP_PASS, XM_DROP_NONE, true},
    {"not ours: TCP", [](FrameSpec& s) { s.outer_protocol = 6; }, XDP_PASS},
    {"VNI unknown", [](FrameSpec& s) { s.vni ^= 1; }, XDP_DROP, XM_DROP_VNI_UNKNOWN},
    {"sender not allowed", [](FrameSpec& s) { s.first_sender += 0x01000000; }, XDP_DROP,
     XM_DROP_SENDER_NOT_ALLOWED},
    {"inner not UDP", [](FrameSpec& s) { s.inner_protocol = 6; }, XDP_DROP,
     XM_DROP_INNER_NOT_UDP},
    {"no rule", [](FrameSpec& s) { s.inner_port = 9; }, XDP_DROP, XM_DROP_NO_RULE},
    {"full path", [](FrameSpec&) {}, XDP_REDIRECT},
};

Result<std::uint64_t> dropped(int drops, std::uint32_t reason) {
    const auto cpus = static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus()));
    std::vector<xm_drop_counts> rows(cpus);
    const std::uint32_t first = 0;
    std::uint64_t packets = 0;

    if (bpf_map_lookup_elem(drops, &first, rows.data()) != 0)
        return system_error("read the drop counters", errno);
    for (const auto& row : rows)
        packets += reinterpret_cast<const xm_count*>(&row)[reason].packets;
    return packets;
}

// The harness with this case's frames, in front of the target. A target without frags support
// takes only a harness without it, and the other way round; `frags` says which one this is.
Result<Harness> load(const FrameSpec& spec, int target, bool in_harness, bool frags) {
    const auto frame = first_frame(spec);
    const auto flows = all_flows(spec);
    Harness object(bench_stages_bpf::open());

    if (!object) return system_error("open the harness", errno);
    if (!frags)
        for (bpf_program* program : {object->progs.xm_bench_stage, object->progs.xm_bench_none})
            bpf_program__set_flags(program, 0);
    std::memcpy(const_cast<__u64*>(object->rodata->head), frame.data(),
                sizeof(object->rodata->head));
    object->rodata->flow_mask = spec.flow_count - 1;
    object->rodata->frame_bytes = static_cast<__u32>(frame.size());
    if (const int err = bench_stages_bpf::load(object.get()); err != 0)
        return system_error("load the harness", -err);
    std::memcpy(object->bss->flows, flows.data(), flows.size() * sizeof(flows[0]));

    const std::uint32_t first = 0;
    if (in_harness) target = bpf_program__fd(object->progs.xm_bench_none);
    if (bpf_map_update_elem(bpf_map__fd(object->maps.target), &first, &target, BPF_ANY) != 0)
        return system_error("put the data plane behind the harness", errno);
    return object;
}

Result<Harness> load(const FrameSpec& spec, int target, bool in_harness) {
    auto object = load(spec, target, in_harness, true);
    return object ? std::move(object) : load(spec, target, in_harness, false);
}

// Nanoseconds a packet.
Result<double> time_case(const Case& which, const FrameSpec& spec, const Harness& harness,
                         int drops, int repeat) {
    auto frame = first_frame(spec);
    std::vector<std::uint8_t> out(frame.size());
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(), .data_out = out.data(),
                .data_size_in = static_cast<__u32>(frame.size()),
                .data_size_out = static_cast<__u32>(out.size()), .repeat = repeat);

    auto before = dropped(drops, which.reason);
    if (!before) return before.error();
    const auto start = cpu_time_of();
    const int err = bpf_prog_test_run_opts(bpf_program__fd(harness->progs.xm_bench_stage), &options);
    const std::chrono::duration<double, std::nano> took = cpu_time_of() - start;
    if (err != 0) return system_error("run the data plane", -err);
    auto after = dropped(drops, which.reason);
    if (!after) return after.error();

    if (options.retval != which.verdict)
        return Error{std::string(which.name) + ": verdict " + std::to_string(options.retval) +
                     " where " + std::to_string(which.verdict) + " was meant"};
    if (which.reason != XM_DROP_NONE && *after - *before != static_cast<std::uint64_t>(repeat))
        return Error{std::string(which.name) + ": not counted under its drop reason"};
    return took.count() / repeat;
}

Result<> run(Options& options) {
    auto node = parse_address(options.to_address);
    if (!node) return node.error();
    auto inner = parse_address(options.inner_address);
    if (!inner) return inner.error();
    options.spec.node = *node;
    options.spec.inner_destination = *inner;
    if (auto good = check(options.spec); !good) return good.error();
    UniqueFd program(bpf_obj_get(options.program.c_str()));
    if (!program) return system_error("open '" + options.program + "'", errno);
    UniqueFd drops(bpf_obj_get(options.drops.c_str()));
    if (!drops) return system_error("open '" + options.drops + "'", errno);
    if (auto pinned = stay_on(options.cpu); !pinned) return pinned.error();

    for (int round = 0; round < options.rounds; round++) {
        for (const Case& which : kCases) {
            FrameSpec spec = options.spec;
            which.change(spec);
            auto harness = load(spec, program.get(), which.harness);
            if (!harness) return harness.error();
            auto ns = time_case(which, spec, *harness, drops.get(), options.repeat);
            if (!ns) return ns.error();
            std::printf("{\"stage\": \"%s\", \"round\": %d, \"ns\": %.2f}\n", which.name, round,
                        *ns);
        }
    }
    return Ok{};
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Time the data plane by the stage that packets leave it at", "xm_bench_stages");
    Options options;

    app.add_option("--program", options.program, "pinned program")->required();
    app.add_option("--drops", options.drops, "its pinned drop counters")->required();
    app.add_option("--to-address", options.to_address, "outer destination")->required();
    app.add_option("--inner-address", options.inner_address, "inner destination");
    app.add_option("--inner-port", options.spec.inner_port, "inner UDP destination of a rule");
    app.add_option("--vni", options.spec.vni, "VNI of a source");
    app.add_option("--flows", options.spec.flow_count, "number of exporters, a power of two");
    app.add_option("--payload", options.spec.payload_bytes, "payload, bytes");
    app.add_option("--rounds", options.rounds, "rounds")->check(CLI::PositiveNumber);
    app.add_option("--repeat", options.repeat, "packets a case and round")
        ->check(CLI::PositiveNumber);
    app.add_option("--cpu", options.cpu, "CPU to stay on");
    return run_program(app, argc, argv, [&] { return run(options); });
}
