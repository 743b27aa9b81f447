// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Google's gVNIC.
#include <fmt/format.h>

#include <algorithm>

#include "loader/device/channels.h"
#include "loader/doctor/checks.h"

namespace xdpmirror {
namespace {

void check_channels(const DeviceFacts& device, Findings& findings) {
    const auto& name = device.link.name;
    if (!device.channels) {
        findings.push_back(finding("gve_channels", name, Level::note,
                                   "the channels cannot be read here",
                                   "XDP on gve needs as many TX as RX queues, at most half of each",
                                   "ethtool -l " + name));
        return;
    }
    const auto& now = *device.channels;
    const auto found = fmt::format("{} of {} RX and {} of {} TX queues used", now.rx, now.max_rx,
                                   now.tx, now.max_tx);
    if (now.rx == now.tx && now.tx * 2 <= now.max_tx) {
        findings.push_back(fine("gve_channels", name, found));
        return;
    }
    const auto number = std::min(std::max(1U, now.rx), usable_channels(device, 1));
    findings.push_back(mendable(
        "gve_channels", name, Level::error, found,
        "gve takes a program only with as many TX as RX queues, and at most half of them in use",
        {.kind = Change::Kind::channels,
         .interface = name,
         .value = channel_words(device, number)}));
}

}  // namespace

void check_gve(const Facts& facts, Findings& findings) {
    for (const auto* device : devices_with_program(facts)) {
        if (device->link.driver != "gve") continue;
        check_channels(*device, findings);
        findings.push_back(finding(
            "gve_rules", device->link.name, Level::note,
            "queue format (GQI or DQO), header split and RX buffer length cannot be read here",
            "gve refuses a program with header split, with RX buffers other than 2 kB, and in "
            "older "
            "kernels with DQO queues",
            "dmesg | grep gve, after an attach that was refused"));
    }
}

}  // namespace xdpmirror
