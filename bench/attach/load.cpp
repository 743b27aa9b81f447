// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Swaps under load: every packet that was sent is looked for at the sink, and must bear the marks of
// one generation only.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/if_link.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>

#include "bench/attach/experiments.h"
#include "maps/unique_fd.h"

namespace xdpmirror::bench::attach {

namespace {

using nlohmann::json;
using Seconds = std::chrono::duration<double>;
using Microseconds = std::chrono::duration<double, std::micro>;

// Packets that the device has received, as the driver counts them; wraps at 2^32.
Result<std::uint32_t> device_received(const std::string& device) {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return system_error("list interfaces", errno);
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(list, freeifaddrs);
    for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_PACKET) continue;
        if (device != entry->ifa_name || entry->ifa_data == nullptr) continue;
        return static_cast<const rtnl_link_stats*>(entry->ifa_data)->rx_packets;
    }
    return Error{"no statistics of '" + device + "'"};
}

Result<std::vector<std::uint64_t>> read_counts(int counts) {
    const auto cpus = static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus()));
    std::vector<std::uint64_t> sums(XM_ATT_COUNTS), row(cpus);
    for (std::uint32_t what = 0; what < XM_ATT_COUNTS; what++) {
        if (bpf_map_lookup_elem(counts, &what, row.data()) != 0)
            return system_error("read the counts", errno);
        for (const auto count : row) sums[what] += count;
    }
    return sums;
}

// Rate and CPU time of a stretch of load.
class Window {
  public:
    static Result<Window> open(const Wire& wire) {
        auto tally = wire.tally();
        if (!tally) return tally.error();
        return Window(wire, tally->packets);
    }
    Result<json> close() const {
        const Seconds took = Clock::now() - at_;
        const std::chrono::duration<double, std::nano> cpu = wire_->cpu_time() - cpu_;
        auto tally = wire_->tally();
        if (!tally) return tally.error();
        const auto packets = static_cast<double>(tally->packets - packets_);
        return json{{"packets_per_second", packets / took.count()},
                    {"cpu_ns_per_packet", cpu.count() / packets}};
    }

  private:
    Window(const Wire& wire, std::uint64_t packets)
        : wire_(&wire), packets_(packets), cpu_(wire.cpu_time()), at_(Clock::now()) {}

    const Wire* wire_;
    std::uint64_t packets_;
    std::chrono::nanoseconds cpu_;
    Clock::time_point at_;
};

// Mean time of the attached program, as the kernel measures it on live packets.
Result<double> program_time(const Bench& bench, const Mechanism& mechanism) {
    const UniqueFd stats(bpf_enable_stats(BPF_STATS_RUN_TIME));
    if (!stats) return system_error("switch program statistics on", errno);
    const auto read = [&]() -> Result<bpf_prog_info> {
        bpf_prog_info info{};
        __u32 size = sizeof(info);
        if (bpf_obj_get_info_by_fd(mechanism.program(), &info, &size) != 0)
            return system_error("read program statistics", errno);
        return info;
    };
    auto before = read();
    if (!before) return before.error();
    bench.wire.wait(bench.seconds);
    auto after = read();
    if (!after) return after.error();
    return static_cast<double>(after->run_time_ns - before->run_time_ns) /
           static_cast<double>(std::max<__u64>(1, after->run_cnt - before->run_cnt));
}

Result<json> undisturbed(const Bench& bench, const Mechanism& mechanism) {
    auto window = Window::open(bench.wire);
    if (!window) return window.error();
    bench.wire.wait(bench.seconds);
    auto figures = window->close();
    if (!figures) return figures;
    auto time = program_time(bench, mechanism);
    if (!time) return time.error();
    (*figures)["program_ns"] = *time;
    return figures;
}

Result<json> swap_under_load(const Bench& bench, Mechanism& mechanism, std::uint32_t generation) {
    std::vector<double> build, fill, swap, total;
    auto window = Window::open(bench.wire);
    if (!window) return window.error();
    for (unsigned i = 0; i < bench.swaps; i++) {
        auto time = mechanism.reload(++generation, {});
        if (!time) return time.error();
        build.push_back(Microseconds(time->build).count());
        fill.push_back(Microseconds(time->fill).count());
        swap.push_back(Microseconds(time->swap).count());
        total.push_back(Microseconds(time->total()).count());
    }
    auto figures = window->close();
    if (!figures) return figures;
    (*figures)["build_us"] = build;
    (*figures)["fill_us"] = fill;
    (*figures)["swap_us"] = swap;
    (*figures)["reload_us"] = total;
    return figures;
}

Result<json> books(const Bench& bench, const Mechanism& mechanism, std::uint32_t before) {
    auto tally = bench.wire.tally();
    if (!tally) return tally.error();
    auto counts = read_counts(mechanism.counts());
    if (!counts) return counts.error();
    auto received = device_received(bench.ingress);
    if (!received) return received.error();
    const std::uint64_t sent = bench.wire.sent();
    const std::uint32_t at_device = *received - before;
    const std::uint32_t handled = static_cast<std::uint32_t>(
        (*counts)[XM_ATT_RECEIVED] + (*counts)[XM_ATT_NOT_OURS] + (*counts)[XM_ATT_NO_PROGRAM]);
    return json{{"sent", sent},
                {"device_received", at_device},
                {"received", (*counts)[XM_ATT_RECEIVED]},
                {"forwarded", (*counts)[XM_ATT_FORWARDED]},
                {"not_ours", (*counts)[XM_ATT_NOT_OURS]},
                {"no_program", (*counts)[XM_ATT_NO_PROGRAM]},
                {"seen", tally->packets},
                {"lost", sent - tally->packets},
                // where: by a full queue before the device, in the swap, by a full queue after it
                {"lost_before", static_cast<std::int32_t>(static_cast<std::uint32_t>(sent) -
                                                          at_device)},
                {"lost_at_program", static_cast<std::int32_t>(at_device - handled)},
                {"lost_after", static_cast<std::int64_t>((*counts)[XM_ATT_FORWARDED] -
                                                         tally->packets)},
                {"mixed", tally->mixed},
                {"stale", tally->stale},
                {"switches_seen", tally->switches}};
}

Result<json> one_turn(const Bench& bench, const Contender& contender) {
    auto mechanism = contender.make();
    auto before = device_received(bench.ingress);
    if (!before) return before.error();
    if (auto reset = bench.wire.reset(); !reset) return reset.error();
    if (auto started = mechanism->start(bench.target, 1, bench.pins); !started)
        return started.error();
    if (auto sending = bench.wire.send(); !sending) return sending.error();
    auto quiet = undisturbed(bench, *mechanism);
    auto busy = quiet ? swap_under_load(bench, *mechanism, 1) : Result<json>(quiet.error());
    if (auto finished = bench.wire.finish(); !finished) return finished.error();
    if (!busy) return busy;
    auto counted = books(bench, *mechanism, *before);
    if (auto removed = remove_pins(bench.pins); !removed) return removed.error();
    if (!counted) return counted;
    return json{{"undisturbed", *quiet}, {"swapping", *busy}, {"books", *counted}};
}

}  // namespace

Result<json> measure_load(const Bench& bench, const std::vector<Contender>& of) {
    json results = json::array();
    for (const auto& contender : of)
        results.push_back({{"mechanism", contender.name},
                           {"control", contender.control},
                           {"rounds", json::array()}});
    for (unsigned round = 0; round < bench.rounds; round++) {
        for (std::size_t turn_number = 0; turn_number < of.size(); turn_number++) {
            // not always the same one first
            const std::size_t i = (turn_number + round) % of.size();
            fmt::print(stderr, "round {} of {}: {}\n", round + 1, bench.rounds, of[i].name);
            auto turn = one_turn(bench, of[i]);
            if (!turn) return while_doing(of[i].name, turn.error());
            results[i]["rounds"].push_back(*turn);
        }
    }
    return results;
}

}  // namespace xdpmirror::bench::attach
