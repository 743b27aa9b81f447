// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// virtio_net: what the host has switched on decides.
#include <fmt/format.h>

#include <algorithm>

#include "loader/device/virtio.h"
#include "loader/doctor/checks.h"

namespace xdpmirror {
namespace {

std::string guest_offloads(std::uint64_t features) {
    constexpr std::pair<int, const char*> kNames[] = {
        {kVirtioGuestCsum, "guest_csum"}, {kVirtioGuestTso4, "guest_tso4"},
        {kVirtioGuestTso6, "guest_tso6"}, {kVirtioGuestEcn, "guest_ecn"},
        {kVirtioGuestUfo, "guest_ufo"},   {kVirtioGuestUso4, "guest_uso4"},
        {kVirtioGuestUso6, "guest_uso6"}};
    std::string text;
    for (const auto& [bit, name] : kNames) {
        if (virtio_has(features, bit))
            text += (text.empty() ? "" : ",") + std::string(name) + "=off";
    }
    return text;
}

void check_features(const DeviceFacts& device, Findings& findings) {
    const auto& name = device.link.name;
    if (!device.virtio_features) {
        findings.push_back(finding("virtio_offloads", name, Level::note,
                                   "the negotiated features cannot be read here",
                                   "virtio_net refuses a program while the host merges packets or "
                                   "leaves checksums out and cannot be told to stop",
                                   "cat /sys/class/net/" + name + "/device/features"));
        return;
    }
    const auto features = *device.virtio_features;
    const auto offloads = guest_offloads(features);
    if (virtio_has(features, kVirtioCtrlGuestOffloads) || offloads.empty())
        findings.push_back(fine("virtio_offloads", name,
                                offloads.empty()
                                    ? "the host merges no packets"
                                    : "the driver can switch the host's offloads off"));
    else
        findings.push_back(finding(
            "virtio_offloads", name, Level::error,
            "the host merges packets or leaves checksums out (rx-gro-hw), and offers no way "
            "to stop it",
            "virtio_net refuses a program: it would see packets that are not whole",
            "on the host, for this NIC: ctrl_guest_offloads=on, or " + offloads));
    const bool mergeable = virtio_has(features, kVirtioMergeableBuffers);
    const bool any_header =
        virtio_has(features, kVirtioVersion1) || virtio_has(features, kVirtioAnyLayout);
    if (mergeable && !any_header)
        findings.push_back(
            finding("virtio_buffers", name, Level::error, "a legacy device with mergeable buffers",
                    "virtio_net refuses a program: header and data must be in one "
                    "page",
                    "on the host, for this NIC: disable-legacy=on, or any_layout=on"));
    else
        findings.push_back(fine("virtio_buffers", name, "header and data are in one page"));
}

void check_queues(const KernelFacts& kernel, const DeviceFacts& device, Findings& findings) {
    const auto& name = device.link.name;
    if (!device.channels || device.occupant) return;
    const auto used = device.channels->combined;
    const auto most = device.channels->max_combined;
    const auto found = fmt::format("{} of {} queue pairs used, {} CPUs", used, most, kernel.cpus);
    if (used + kernel.cpus <= most) {
        findings.push_back(fine("virtio_queues", name, found));
        return;
    }
    const std::string why =
        "with a spare queue pair for each CPU redirecting needs no lock; without, it is slower";
    if (most > kernel.cpus)
        findings.push_back(mendable("virtio_queues", name, Level::warning, found, why,
                                    {.kind = Change::Kind::channels,
                                     .interface = name,
                                     .value = fmt::format("combined {}", most - kernel.cpus)}));
    else
        findings.push_back(
            finding("virtio_queues", name, Level::warning, found, why,
                    fmt::format("on the host, for this NIC: queues={}, mq=on,vectors={}",
                                2 * kernel.cpus, 4 * kernel.cpus + 2)));
}

}  // namespace

void check_virtio(const Facts& facts, Findings& findings) {
    for (const auto* device : devices_with_program(facts)) {
        if (device->link.driver != "virtio_net") continue;
        check_features(*device, findings);
        check_queues(facts.kernel, *device, findings);
    }
}

}  // namespace xdpmirror
