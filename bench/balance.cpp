// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How evenly a pool's collectors share exporters, how many exporters move when collectors come and
// go, and what it costs to lay the slots out. Figures of the first two kinds are exact: the same on
// every machine.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <unordered_set>
#include <vector>

#include "config/maglev.h"
#include "maps/flow_hash.h"

namespace xdpmirror {
namespace {

constexpr std::uint32_t kPools =
    20;  // figures are means over so many pools, of other collectors each

// ---- pools ----

std::vector<PoolMember> pool_of(std::size_t size, std::uint32_t pool) {
    std::vector<PoolMember> members(size);
    for (std::uint32_t i = 0; i < size; i++) {
        const std::uint32_t number = 0x64400001 + (pool << 16) + i;  // 100.64.0.1 and upwards
        for (std::size_t byte = 0; byte < 4; byte++)
            members[i].address.bytes[byte] = static_cast<std::uint8_t>(number >> (24 - 8 * byte));
    }
    return members;
}

Maglev maglev(const std::vector<PoolMember>& members) {
    return std::move(*Maglev::of(members, pool_slots(members.size())));
}

std::vector<bool> all_but(std::size_t size, std::initializer_list<std::size_t> down) {
    std::vector<bool> usable(size, true);
    for (const auto member : down) usable[member] = false;
    return usable;
}

// ---- exporters ----

enum Numbering { kRandom, kHosts, kNetworks, kIpv6Hosts, kNumberings };
constexpr const char* kNumberingNames[] = {"random", "10.0.0.1..", "one_of_each_/24",
                                           "2001:db8::1.."};

std::vector<std::uint64_t> exporters(std::uint32_t count, Numbering numbering) {
    std::vector<std::uint64_t> hashes;
    std::unordered_set<std::uint32_t> seen;
    std::mt19937 random(20240505);
    for (std::uint32_t i = 0; hashes.size() < count; i++) {
        std::uint32_t number = 0x0a000001 + i;
        if (numbering == kRandom) number = static_cast<std::uint32_t>(random());
        if (numbering == kNetworks) number = 0x0a000001 + (i << 8);
        if (!seen.insert(number).second) continue;
        const __be32 word = __builtin_bswap32(number);
        const __be32 ipv6[4] = {__builtin_bswap32(0x20010db8), 0, 0, __builtin_bswap32(1 + i)};
        hashes.push_back(numbering == kIpv6Hosts ? xm_flow_by_exporter(XM_IPV6, ipv6)
                                                 : xm_flow_by_exporter(XM_IPV4, &word));
    }
    return hashes;
}

std::uint32_t chosen(const SlotTable& table, std::uint64_t hash) {
    return table[xm_flow_slot(hash, static_cast<std::uint32_t>(table.size()))];
}

// The most loaded collector's load over the mean.
double spread(const std::vector<std::uint32_t>& chosen_by_all, std::size_t members) {
    std::vector<std::uint32_t> counts(members);
    for (const auto member : chosen_by_all) counts[member]++;
    return *std::max_element(counts.begin(), counts.end()) * static_cast<double>(members) /
           static_cast<double>(chosen_by_all.size());
}

void spread_of_exporters(benchmark::State& state, Numbering numbering) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto hashes = exporters(static_cast<std::uint32_t>(state.range(1)), numbering);
    double sum = 0, slots = 0;
    for (auto _ : state) {
        for (std::uint32_t pool = 0; pool < kPools; pool++) {
            const auto made = maglev(pool_of(size, pool));
            std::vector<std::uint32_t> choices;
            for (const auto hash : hashes) choices.push_back(chosen(made.home(), hash));
            sum += spread(choices, size);
            slots += spread(made.home(), size);
        }
    }
    state.counters["max/mean"] = sum / kPools;
    state.counters["slots_max/mean"] = slots / kPools;
}

// ---- what moves ----

struct Moved {
    double share = 0;  // of exporters that go elsewhere
    double least = 0;  // of those, who must: their collector is gone, or they are the new one's
};

// `gone` is in `was` only, or `come` in `now` only.
Moved moved(const std::vector<std::uint64_t>& hashes, const SlotTable& was, const SlotTable& now,
            std::uint32_t changed) {
    Moved moved;
    for (const auto hash : hashes) {
        const auto before = chosen(was, hash), after = chosen(now, hash);
        moved.share += before != after;
        moved.least += before == changed || after == changed;
    }
    moved.share *= 100.0 / static_cast<double>(hashes.size());
    moved.least *= 100.0 / static_cast<double>(hashes.size());
    return moved;
}

enum Event { kFails, kSecondFails, kLeaves, kJoins, kDoubled };

// The last collector leaves or joins; since others keep their indices, choices can be compared.
Moved happens(Event event, std::size_t size, std::uint32_t pool,
              const std::vector<std::uint64_t>& hashes) {
    const auto last = static_cast<std::uint32_t>(size - 1);
    auto members = pool_of(size, pool);
    std::shuffle(members.begin(), members.end(), std::mt19937(pool));
    const auto all = maglev(members);
    if (event == kFails) return moved(hashes, all.home(), all.table(all_but(size, {last})), last);
    if (event == kSecondFails)
        return moved(hashes, all.table(all_but(size, {0})), all.table(all_but(size, {0, last})),
                     last);
    if (event == kDoubled) {
        members.back().weight = 2;
        const auto heavier = maglev(members);
        auto result = moved(hashes, all.home(), heavier.home(), last);
        const auto share = [&](const SlotTable& table) {
            return static_cast<double>(std::count_if(hashes.begin(), hashes.end(), [&](auto hash) {
                return chosen(table, hash) == last;
            }));
        };
        result.least =
            (share(heavier.home()) - share(all.home())) * 100 / static_cast<double>(hashes.size());
        return result;
    }
    members.pop_back();
    const auto others = maglev(members);
    return event == kLeaves ? moved(hashes, all.home(), others.home(), last)
                            : moved(hashes, others.home(), all.home(), last);
}

void moved_exporters(benchmark::State& state, Event event) {
    const auto size = static_cast<std::size_t>(state.range(0)) + (event == kJoins ? 1 : 0);
    const auto hashes = exporters(100000, kNetworks);
    Moved sum;
    for (auto _ : state) {
        for (std::uint32_t pool = 0; pool < kPools; pool++) {
            const auto one = happens(event, size, pool, hashes);
            sum.share += one.share;
            sum.least += one.least;
        }
    }
    state.counters["moved_%"] = sum.share / kPools;
    state.counters["least_%"] = sum.least / kPools;
}

// ---- what it costs ----

void build(benchmark::State& state) {
    const auto members = pool_of(static_cast<std::size_t>(state.range(0)), 0);
    for (auto _ : state) benchmark::DoNotOptimize(maglev(members));
    state.counters["slots"] = pool_slots(members.size());
}

void change_of_health(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto made = maglev(pool_of(size, 0));
    const auto usable = all_but(size, {size / 2});
    std::size_t written = 0;
    for (auto _ : state) written = changed_slots(made.home(), made.table(usable)).size();
    state.counters["slots"] = pool_slots(size);
    state.counters["written"] = static_cast<double>(written);
}

void hash_and_slot(benchmark::State& state) {
    std::uint32_t number = 0x0a000001;
    for (auto _ : state) {
        const __be32 word = number++;
        benchmark::DoNotOptimize(xm_flow_slot(xm_flow_by_exporter(XM_IPV4, &word), 65537));
    }
}

void register_all() {
    const std::vector<std::int64_t> sizes{3, 10, 100};
    for (int numbering = 0; numbering < kNumberings; numbering++)
        benchmark::RegisterBenchmark((std::string("spread/") + kNumberingNames[numbering]).c_str(),
                                     [numbering](benchmark::State& state) {
                                         spread_of_exporters(state,
                                                             static_cast<Numbering>(numbering));
                                     })
            ->ArgNames({"collectors", "exporters"})
            ->ArgsProduct({sizes, {1000, 10000, 65536}})
            ->Iterations(1);
    constexpr struct {
        const char* name;
        Event event;
    } kEvents[] = {{"moved/fails_or_is_back", kFails},
                   {"moved/second_fails", kSecondFails},
                   {"moved/leaves_the_profile", kLeaves},
                   {"moved/joins_the_profile", kJoins},
                   {"moved/weight_1_to_2", kDoubled}};
    for (const auto& [name, event] : kEvents)
        benchmark::RegisterBenchmark(
            name, [event = event](benchmark::State& state) { moved_exporters(state, event); })
            ->ArgName("collectors")
            ->ArgsProduct({sizes})
            ->Iterations(1);
    for (const auto& [name, function] :
         {std::pair{"cost/build", &build}, std::pair{"cost/change_of_health", &change_of_health}})
        benchmark::RegisterBenchmark(name, function)
            ->ArgName("collectors")
            ->ArgsProduct({{3, 10, 100, 1000, 4096}})
            ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark("cost/hash_and_slot", hash_and_slot);
}

}  // namespace
}  // namespace xdpmirror

int main(int argc, char** argv) {
    xdpmirror::register_all();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
