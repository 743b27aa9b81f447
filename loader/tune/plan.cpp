// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/tune/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "loader/device/channels.h"

namespace xdpmirror {
namespace {

// Merging that XDP drivers refuse, and merging of what the kernel forwards for us.
constexpr const char* kMergers[] = {"rx-lro", "rx-udp-gro-forwarding", "rx-gro-list"};

std::string ring_words(std::uint32_t rx, std::uint32_t tx) {
    return fmt::format("rx {} tx {}", rx, tx);
}

void plan_channels(const TuneFacts& facts, TunePlan& plan) {
    const auto& device = facts.device;
    const auto cpus = static_cast<unsigned>(facts.cpus.size());
    if (!device.channels || device.channels->max_receiving() == 0) {
        plan.notes.push_back("channels: the driver has none to set");
        return;
    }
    const auto wanted = wanted_channels(device, cpus);
    const auto from = channel_words_now(device);
    const auto to = channel_words(device, wanted);
    if (from == to) return;
    Change change{.kind = Change::Kind::channels, .interface = device.link.name, .value = to};
    Change undo = change;
    undo.value = from;
    plan.steps.push_back({"channels", from, to, change, undo});
}

void plan_rings(const DeviceFacts& device, TunePlan& plan) {
    if (!device.rings || device.rings->max_rx == 0) {
        plan.notes.push_back("rings: the driver has none to set");
        return;
    }
    const auto& rings = *device.rings;
    if (rings.rx == rings.max_rx && rings.tx == rings.max_tx) return;
    Change change{.kind = Change::Kind::rings,
                  .interface = device.link.name,
                  .value = ring_words(rings.max_rx, rings.max_tx)};
    Change undo = change;
    undo.value = ring_words(rings.rx, rings.tx);
    plan.steps.push_back({"rings", undo.value, change.value, change, undo});
}

void plan_moderation(const DeviceFacts& device, TunePlan& plan) {
    if (!device.adaptive_rx) {
        plan.notes.push_back("interrupt moderation: the driver does not adapt it by itself");
        return;
    }
    if (*device.adaptive_rx) return;
    Change change{.kind = Change::Kind::adaptive, .interface = device.link.name, .value = "on"};
    Change undo = change;
    undo.value = "off";
    plan.steps.push_back({"adaptive interrupt moderation", "off", "on", change, undo});
}

void plan_merging(const DeviceFacts& device, TunePlan& plan) {
    std::vector<std::string> mergers(std::begin(kMergers), std::end(kMergers));
    // others switch it off themselves when a program comes
    if (device.link.driver == "gve") mergers.emplace_back("rx-gro-hw");
    for (const auto& name : mergers) {
        if (!device.offload_on(name)) continue;
        if (device.offload_fixed(name)) {
            plan.notes.push_back(name + ": on, and the driver cannot switch it off");
            continue;
        }
        Change change{.kind = Change::Kind::offload,
                      .interface = device.link.name,
                      .name = name,
                      .value = "off"};
        Change undo = change;
        undo.value = "on";
        plan.steps.push_back({name, "on", "off", change, undo});
    }
}

bool is_zero(const std::string& mask) {
    return mask.find_first_not_of("0,") == std::string::npos;
}

void plan_rps(const TuneFacts& facts, TunePlan& plan) {
    for (std::size_t i = 0; i < facts.rps.size(); ++i) {
        const auto& queue = facts.rps[i];
        if (is_zero(queue.cpus)) continue;
        Change change{.kind = Change::Kind::file, .name = queue.path, .value = "0"};
        Change undo = change;
        undo.value = queue.cpus;
        plan.steps.push_back(
            {fmt::format("RPS of queue {}", i), queue.cpus, "0", change, undo, true});
    }
}

void plan_interrupts(const TuneFacts& facts, TunePlan& plan) {
    if (facts.interrupts.empty()) {
        plan.notes.push_back("interrupts: the device has none that belong to a queue");
        return;
    }
    for (const auto& interrupt : facts.interrupts) {
        const auto cpu = std::to_string(facts.cpus[interrupt.queue % facts.cpus.size()]);
        if (interrupt.cpus == cpu || interrupt.cpus.empty()) continue;
        Change change{.kind = Change::Kind::file,
                      .name = fmt::format("/proc/irq/{}/smp_affinity_list", interrupt.number),
                      .value = cpu};
        Change undo = change;
        undo.value = interrupt.cpus;
        plan.steps.push_back(
            {"CPU of interrupt " + interrupt.name, interrupt.cpus, cpu, change, undo, true});
    }
}

}  // namespace

TunePlan plan_tune(const TuneFacts& facts) {
    TunePlan plan;
    plan_channels(facts, plan);
    plan_rings(facts.device, plan);
    plan_moderation(facts.device, plan);
    plan_merging(facts.device, plan);
    if (facts.device.sysfs) {
        plan_rps(facts, plan);
        plan_interrupts(facts, plan);
    } else {
        plan.notes.push_back(
            "RPS and interrupts: cannot be read here, /sys shows another network namespace");
    }
    if (facts.device.occupant)
        plan.notes.push_back(
            "an XDP program is attached: some drivers refuse channels and rings "
            "while it is, and take the link down for a moment");
    if (facts.irqbalance)
        plan.notes.push_back(
            "irqbalance runs and moves interrupts again: systemctl disable --now "
            "irqbalance");
    return plan;
}

}  // namespace xdpmirror
