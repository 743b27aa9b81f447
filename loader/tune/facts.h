// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What `tune` looks at, as it was found: plain values.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "loader/device/device_facts.h"

namespace xdpmirror {

// An interrupt that one queue raises.
struct QueueInterrupt {
    unsigned number = 0;
    std::string name;    // "eth0-Tx-Rx-0"
    unsigned queue = 0;  // the number in it
    std::string cpus;    // smp_affinity_list, "0-3"; empty: could not be read
};

// A queue whose packets the kernel may hand to other CPUs.
struct RpsQueue {
    std::string path;  // .../rps_cpus
    std::string cpus;  // a mask, "f"; zeros: off
};

struct TuneFacts {
    DeviceFacts device;
    std::vector<unsigned> cpus;  // online
    std::vector<QueueInterrupt> interrupts;
    std::vector<RpsQueue> rps;
    bool irqbalance = false;  // it runs, and moves interrupts
};

// From the text of /proc/interrupts: those among `numbers` (the device's own) whose name tells a
// queue. Names of other things ("-mgmnt", "-config") have no queue.
std::vector<QueueInterrupt> parse_interrupts(const std::string& text,
                                             const std::set<unsigned>& numbers);
// "0-2,4" as numbers; empty when it is malformed.
std::vector<unsigned> parse_cpu_list(const std::string& text);

// Errors: the interface does not exist.
Result<TuneFacts> gather_tune(const std::string& interface);

}  // namespace xdpmirror
