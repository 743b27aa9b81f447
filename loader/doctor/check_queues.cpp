// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How mirrors spread over CPUs. Those of one exporter to one collector have one outer 5-tuple,
// hence one queue and one CPU, whatever is set here.
#include <fmt/format.h>

#include <algorithm>

#include "loader/device/channels.h"
#include "loader/doctor/checks.h"

namespace xdpmirror {
namespace {

constexpr const char* kOneFlow =
    "; the packets of one exporter to one collector share a queue in any case";

// A driver whose number of queues ethtool cannot set.
Finding fixed_count(const DeviceFacts& device, unsigned cpus) {
    const auto& name = device.link.name;
    const std::string why =
        std::string("a queue is served by one CPU, so some stay idle") + kOneFlow;
    if (!device.rx_queues)
        return finding("rx_queues", name, Level::note,
                       "the number of RX queues cannot be read here", why,
                       "in the first network namespace: ls /sys/class/net/" + name + "/queues");
    const auto found = fmt::format("{} RX queues in use, {} CPUs; ethtool cannot set their number",
                                   *device.rx_queues, cpus);
    if (*device.rx_queues >= cpus) return fine("rx_queues", name, found);
    return finding(
        "rx_queues", name, Level::note, found, why,
        "modinfo -p " + device.link.driver + " tells whether the driver has a parameter");
}

void check_count(const Facts& facts, Findings& findings) {
    const auto& device = facts.ingress;
    const auto& name = device.link.name;
    if (!device.channels || device.channels->max_receiving() == 0) {
        findings.push_back(fixed_count(device, facts.kernel.cpus));
        return;
    }
    const auto used = device.channels->receiving();
    const auto usable = usable_channels(device, facts.kernel.cpus);
    const auto wanted = std::min<std::uint32_t>(facts.kernel.cpus, usable);
    const auto found = fmt::format("{} RX queues in use, {} usable with XDP, {} CPUs", used, usable,
                                   facts.kernel.cpus);
    if (used >= wanted) {
        findings.push_back(fine("rx_queues", name, found));
        return;
    }
    findings.push_back(
        finding("rx_queues", name, Level::warning, found,
                std::string("a queue is served by one CPU, so some stay idle") + kOneFlow,
                fmt::format("xdpmirror tune {} --apply", name)));
}

void check_hash(const DeviceFacts& device, Findings& findings) {
    const auto& name = device.link.name;
    if (!device.channels || device.channels->receiving() < 2) return;
    const std::string why =
        "mirrors of one interface differ only in the outer source port: without it they share one "
        "queue";
    if (!device.udp_ports_hashed)
        findings.push_back(finding("rx_hash", name, Level::note,
                                   "by what the NIC chooses the RX queue cannot be read here", why,
                                   "ethtool -n " + name + " rx-flow-hash udp4"));
    else if (*device.udp_ports_hashed)
        findings.push_back(
            fine("rx_hash", name, "the NIC chooses the RX queue by addresses and UDP ports"));
    else
        findings.push_back(mendable(
            "rx_hash", name, Level::warning, "the NIC chooses the RX queue by addresses alone", why,
            {.kind = Change::Kind::udp_hash, .interface = name, .value = "on"}));
}

}  // namespace

void check_queues(const Facts& facts, Findings& findings) {
    check_count(facts, findings);
    check_hash(facts.ingress, findings);
}

}  // namespace xdpmirror
