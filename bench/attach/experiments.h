// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The experiments, each a function from a wire and a target to figures. Rounds are interleaved: every
// mechanism has its turn in a round before any has the next.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/attach/mechanism.h"
#include "bench/attach/wire.h"

namespace xdpmirror::bench::attach {

struct Bench {
    Wire& wire;
    Target target;
    std::string ingress;  // name of the device that target.ingress is
    std::string pins;     // an own directory in bpffs
    unsigned rounds = 5;
    unsigned swaps = 200;           // in a round, under load
    double seconds = 1;             // of undisturbed load in a round, for each of two windows
    std::uint64_t packets = 100000; // for a single look at what passes
    unsigned repeat = 50000;         // of a program run by itself
};

struct Contender {
    std::string name;
    bool control = false;  // has to show loss or mixture, else the experiment cannot see them
    MechanismPtr (*make)();
};

const std::vector<Contender>& contenders();

// Lost, mixed, rates, cost and reload time under load.
Result<nlohmann::json> measure_load(const Bench& bench, const std::vector<Contender>& of);
// The attached programs run by themselves, without driver and redirect.
Result<nlohmann::json> measure_cost(const Bench& bench);
// What a loader leaves that is killed after each step.
Result<nlohmann::json> observe_deaths(const Bench& bench);
// Which changes of layout a mechanism takes under load.
Result<nlohmann::json> observe_layouts(const Bench& bench);

// What libxdp's dispatcher takes, and replacing inside it.
Result<nlohmann::json> observe_sharing(const Bench& bench);

// Removes what a mechanism pinned, which also detaches it.
Result<> remove_pins(const std::string& pins);

}  // namespace xdpmirror::bench::attach
