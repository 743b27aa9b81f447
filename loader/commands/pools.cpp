// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror pools drain|undrain POOL COLLECTOR, weight POOL COLLECTOR N: what an operator wants of a collector,
// on every interface whose profile has it. The daemon acts on it; without one it is done here.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "config/suggest.h"
#include "loader/commands/commands.h"
#include "loader/daemon/run_file.h"
#include "loader/lock.h"
#include "loader/logging/audit.h"
#include "loader/pools/pool_keeper.h"
#include "loader/privileges.h"
#include "loader/state_dir.h"
#include "loader/view.h"

namespace xdpmirror {
namespace {

enum class Verb { drain, undrain, weight };

struct ChangeOptions {
    Verb verb = Verb::drain;
    std::string pool, collector, interface;
    std::uint32_t weight = 1;
};

const Pool* find_pool(const Config& config, const std::string& name) {
    for (const auto& pool : config.pools) {
        if (pool.name == name) return &pool;
    }
    return nullptr;
}

const Collector* find_collector(const Pool& pool, const std::string& text) {
    const auto address = IpAddress::parse(text);
    for (const auto& collector : pool.collectors) {
        if (address && collector.address == *address) return &collector;
    }
    return nullptr;
}

// Somebody must be left to take what the pool gets.
Result<> require_some(const Config& config, const Pool& pool, const Overrides& overrides) {
    const auto weighted = with_weights(config, overrides);
    const auto drained = drained_collectors(config, overrides);
    std::size_t row = 0;
    for (const auto& other : weighted.pools) {
        for (const auto& collector : other.collectors) {
            const bool is_drained = drained[row++];
            if (other.name == pool.name && !is_drained && collector.weight > 0) return Ok{};
        }
    }
    return Error{"pool '" + pool.name + "' would be left without a collector; take another one back first: "
                 "xdpmirror pools undrain " + pool.name + " ADDRESS"};
}

std::string apply_change(const ChangeOptions& options, const Collector& collector, Override& said) {
    switch (options.verb) {
        case Verb::drain:
            said.drained = true;
            return "is drained until: xdpmirror pools undrain " + options.pool + " " + options.collector;
        case Verb::undrain:
            said.drained = false;
            return "takes its share again";
        default:
            said.weight = options.weight;
            if (options.weight == collector.weight) said.weight.reset();
            return fmt::format("has weight {}{}", options.weight,
                               said.weight ? "" : ", as in the profile");
    }
}

std::string said_command(const ChangeOptions& options) {
    const std::string what = options.pool + "/" + options.collector;
    switch (options.verb) {
        case Verb::drain:
            return "pools drain " + what;
        case Verb::undrain:
            return "pools undrain " + what;
        default:
            return "pools weight " + what + " " + std::to_string(options.weight);
    }
}

// Writes the tables at once, where no daemon would.
Result<> act(const AttachmentView& view, const Overrides& before, const Overrides& after) {
    auto keeper = PoolKeeper::make(view, before, [](const std::string&) {});
    if (!keeper) return keeper.error();
    for (std::size_t i = 0; i < view.collectors.size(); ++i) {
        const auto hop = view.collectors[i].next_hop;
        if (hop >= view.next_hops.size() || view.next_hops[hop].ifindex == 0)
            keeper->set_way(i, "it has no next hop");
    }
    if (auto done = keeper->set_overrides(after); !done) return done;
    return keeper->apply([](std::size_t, const PoolTables::Move&, const std::vector<bool>&) {});
}

Result<> change_one(const AttachmentView& view, const ChangeOptions& options) {
    const auto& config = view.profile.config;
    const auto* pool = find_pool(config, options.pool);
    const auto* collector = find_collector(*pool, options.collector);
    auto lock = lock_interface(view.interface);
    if (!lock) return lock.error();
    auto before = read_overrides(view.interface);
    if (!before) return before.error();
    auto after = *before;
    const auto what = apply_change(options, *collector,
                                   after[options.pool][collector->address.text()]);
    if (auto some = require_some(config, *pool, after); !some) return some;
    if (auto written = write_overrides(view.interface, after); !written) return written;
    if (!read_run_file(view.interface)) {
        if (auto done = act(view, *before, after); !done) return done;
    }
    fmt::print("{}: collector {}/{} {}\n", view.interface, pool->name, collector->address.text(), what);
    return Ok{};
}

// Of interfaces that nothing is attached to, so that what was drained for ever cannot stand in the way of the
// next attachment. How many there were.
Result<std::size_t> undrain_detached(const ChangeOptions& options) {
    std::size_t changed = 0;
    for (const auto& interface : overridden_interfaces()) {
        if (StateDir(interface).exists() || (!options.interface.empty() && options.interface != interface))
            continue;
        auto lock = lock_interface(interface);
        if (!lock) return lock.error();
        auto overrides = read_overrides(interface);
        if (!overrides) return overrides.error();
        const auto pool = overrides->find(options.pool);
        if (pool == overrides->end()) continue;
        const auto address = IpAddress::parse(options.collector);
        const auto said = pool->second.find(address ? address->text() : options.collector);
        if (said == pool->second.end() || !said->second.drained) continue;
        said->second.drained = false;
        if (auto written = write_overrides(interface, *overrides); !written) return written.error();
        fmt::print("{}: collector {}/{} takes its share again when it is attached\n", interface,
                   options.pool, said->first);
        ++changed;
    }
    return changed;
}

Result<> change(const ChangeOptions& options) {
    if (auto allowed = require_capabilities(); !allowed) return allowed;
    std::size_t detached = 0;
    if (options.verb == Verb::undrain) {
        auto done = undrain_detached(options);
        if (!done) return done.error();
        detached = *done;
    }
    auto interfaces = StateDir::interfaces();
    if (!options.interface.empty()) interfaces = {options.interface};
    if (detached > 0 && (interfaces.empty() || !options.interface.empty())) return Ok{};
    if (interfaces.empty())
        return Error{"nothing is attached; attach with: xdpmirror attach INTERFACE --profile NAME"};
    std::vector<std::string> pools, collectors;
    std::vector<AttachmentView> views;
    for (const auto& interface : interfaces) {
        auto view = read_view(interface);
        if (!view) return view.error();
        for (const auto& pool : view->profile.config.pools) pools.push_back(pool.name);
        const auto* pool = find_pool(view->profile.config, options.pool);
        if (pool == nullptr) continue;
        for (const auto& collector : pool->collectors) collectors.push_back(collector.address.text());
        if (find_collector(*pool, options.collector) != nullptr) views.push_back(std::move(*view));
    }
    if (views.empty() && detached > 0) return Ok{};
    if (views.empty() && collectors.empty())
        return configuration_error("no pool '" + options.pool + "' is attached" +
                                   did_you_mean(options.pool, pools, "there are"));
    if (views.empty())
        return configuration_error("pool '" + options.pool + "' has no collector '" + options.collector +
                                   "'" + did_you_mean(options.collector, collectors, "there are"));
    for (const auto& view : views) {
        Audit audit(said_command(options), view.interface, view.meta.profile);
        const auto done = change_one(view, options);
        audit.done(done);
        if (!done) return done;
    }
    return Ok{};
}

}  // namespace

void add_pool_changes(CLI::App& pools, Run& run) {
    pools.require_subcommand(0, 1);
    const std::tuple<Verb, const char*, const char*> verbs[] = {
        {Verb::drain, "drain", "Give a collector nothing any more, until undrain; kept over restarts"},
        {Verb::undrain, "undrain", "Give a drained collector its share again"},
        {Verb::weight, "weight", "Give a collector another share than the profile does"}};
    for (const auto& [verb, name, what] : verbs) {
        auto options = std::make_shared<ChangeOptions>();
        options->verb = verb;
        auto* command = pools.add_subcommand(name, what);
        command->add_option("pool", options->pool, "its name in the profile")->required();
        command->add_option("collector", options->collector, "its address")->required();
        if (verb == Verb::weight)
            command->add_option("weight", options->weight, "in relation to the others' weights; 0: nothing")
                ->required()
                ->check(CLI::Range(0, 1000));
        command->add_option("--interface", options->interface, "only there; all attached ones unless given");
        command->callback([options, &run] { run = [options] { return change(*options); }; });
    }
}

}  // namespace xdpmirror
