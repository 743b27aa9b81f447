// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A way to put a new configuration under traffic. Every mechanism is started once and then reloaded;
// the steps of a reload are announced, so that a loader can be made to die after any of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bench/attach/configuration.h"

namespace xdpmirror::bench::attach {

using Clock = std::chrono::steady_clock;

enum class Step {
    built,    // programs are loaded, tables exist
    filled,   // tables have their rows
    halfway,  // some of what the packet path reads is new; only where the swap has more than one part
    swapped,  // packets meet the new generation
};

using Observer = std::function<void(Step)>;

struct ReloadTime {
    Clock::duration build{};
    Clock::duration fill{};
    Clock::duration swap{};
    Clock::duration retire{};  // letting go of the old generation

    Clock::duration total() const { return build + fill + swap + retire; }
};

class Mechanism {
  public:
    virtual ~Mechanism() = default;
    // Loads, fills, attaches natively; pins what must outlive the loader in the directory `pins`.
    virtual Result<> start(const Target& target, std::uint32_t generation,
                           const std::string& pins) = 0;
    virtual Result<ReloadTime> reload(std::uint32_t generation, const Observer& observer) = 0;
    // The attached program and the counts; borrowed.
    virtual int program() const = 0;
    virtual int counts() const = 0;
};

using MechanismPtr = std::unique_ptr<Mechanism>;

// Measures the steps of one reload, in order, and announces each.
class StepClock {
  public:
    explicit StepClock(const Observer& observer) : observer_(observer) {}

    void reached(Step step, Clock::duration& took) {
        took = lap();
        if (observer_) observer_(step);
    }
    Clock::duration lap() {
        const auto now = Clock::now();
        const auto took = now - last_;
        last_ = now;
        return took;
    }

  private:
    const Observer& observer_;
    Clock::time_point last_ = Clock::now();
};

}  // namespace xdpmirror::bench::attach
