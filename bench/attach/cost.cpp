// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The programs run again and again on one frame. The frame is the inner one and is not shortened,
// because a repeated run goes on with what the run before has left of it.
#include <bpf/bpf.h>

#include <algorithm>
#include <limits>

#include "bench/attach/experiments.h"

namespace xdpmirror::bench::attach {

using nlohmann::json;

namespace {

// Many short runs, of which the shortest counts: what else wants the CPU only ever adds.
constexpr unsigned kRunsARound = 20;

Result<double> nanoseconds_a_run(const Bench& bench, int program) {
    const auto whole = first_frame(bench.target.frames);
    std::vector<std::uint8_t> frame(whole.begin() + XM_BENCH_INNER_ETHER, whole.end());
    double shortest = std::numeric_limits<double>::infinity();
    for (unsigned i = 0; i < kRunsARound; i++) {
        LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(),
                    .data_size_in = static_cast<__u32>(frame.size()),
                    .repeat = static_cast<int>(bench.repeat));
        if (const int err = bpf_prog_test_run_opts(program, &options); err != 0)
            return system_error("run the program", -err);
        if (options.retval != XDP_REDIRECT)
            return Error{"the program does not redirect: verdict " +
                         std::to_string(options.retval)};
        shortest = std::min(shortest, static_cast<double>(options.duration));
    }
    return shortest;
}

}  // namespace

Result<json> measure_cost(const Bench& bench) {
    Target plain = bench.target;
    plain.decap = false;
    json results = json::array();
    for (const auto& contender : contenders()) {
        if (!contender.control)
            results.push_back({{"mechanism", contender.name}, {"ns", json::array()}});
    }
    for (unsigned round = 0; round < bench.rounds; round++) {
        for (std::size_t turn = 0; turn < results.size(); turn++) {
            const std::size_t i = (turn + round) % results.size();
            auto mechanism = contenders()[i].make();
            if (auto started = mechanism->start(plain, 1, bench.pins); !started)
                return started.error();
            auto time = nanoseconds_a_run(bench, mechanism->program());
            if (auto removed = remove_pins(bench.pins); !removed) return removed.error();
            if (!time) return while_doing(contenders()[i].name, time.error());
            results[i]["ns"].push_back(*time);
        }
    }
    return results;
}

}  // namespace xdpmirror::bench::attach
