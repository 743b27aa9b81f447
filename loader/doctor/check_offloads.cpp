// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a NIC does to packets before XDP sees them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "loader/device/virtio.h"
#include "loader/doctor/checks.h"

namespace xdpmirror {
namespace {

// The fix where the driver lets itself be told.
Finding switch_off(const char* id, const DeviceFacts& device, const std::string& offload,
                   Level level, std::string found, std::string why) {
    Change change{.kind = Change::Kind::offload,
                  .interface = device.link.name,
                  .name = offload,
                  .value = "off"};
    if (!device.offload_fixed(offload))
        return mendable(id, device.link.name, level, std::move(found), std::move(why),
                        std::move(change));
    return finding(id, device.link.name, level, std::move(found) + ", and cannot be switched off",
                   std::move(why), "use another driver or NIC, or the host's settings for it");
}

void check_lro(const DeviceFacts& device, Findings& findings) {
    if (!device.offload_on("rx-lro")) {
        findings.push_back(fine("lro", device.link.name, "LRO is off"));
        return;
    }
    const bool refused = device.link.driver == "gve";
    findings.push_back(switch_off(
        "lro", device, "rx-lro", refused ? Level::error : Level::warning, "LRO is on",
        refused ? "gve refuses a program while it merges packets"
                : "merged packets are not what was sent; drivers refuse XDP or drop them"));
}

void check_gro_hw(const DeviceFacts& device, Findings& findings) {
    const auto& name = device.link.name;
    if (!device.offload_on("rx-gro-hw")) {
        findings.push_back(fine("gro_hw", name, "the NIC merges no packets"));
        return;
    }
    if (device.link.driver == "virtio_net") {
        const bool told =
            device.virtio_features && virtio_has(*device.virtio_features, kVirtioCtrlGuestOffloads);
        if (told)
            findings.push_back(
                fine("gro_hw", name, "GRO_HW is on, and the driver switches it off itself"));
        return;  // else virtio_offloads has said it
    }
    const bool refused = device.link.driver == "gve";
    findings.push_back(switch_off(
        "gro_hw", device, "rx-gro-hw", refused ? Level::error : Level::warning, "GRO_HW is on",
        refused ? "gve refuses a program while it merges packets"
                : "merged packets are not what was sent; drivers refuse XDP or drop them"));
}

void check_vlan(const DeviceFacts& device, Findings& findings) {
    const auto& name = device.link.name;
    const bool strips = device.offload_on("rx-vlan-hw-parse");
    if (!strips || device.vlans.empty()) {
        findings.push_back(
            fine("rx_vlan", name,
                 strips ? "no VLAN devices, so no tag is missed" : "VLAN tags stay in the frame"));
        return;
    }
    findings.push_back(switch_off(
        "rx_vlan", device, "rx-vlan-hw-parse", Level::warning,
        fmt::format("the NIC takes VLAN tags out of the frame, and {} is on it",
                    fmt::join(device.vlans, ", ")),
        "XDP sees such frames without their tag: a packet of a VLAN may be taken for one of the "
        "interface itself"));
}

}  // namespace

void check_offloads(const Facts& facts, Findings& findings) {
    check_lro(facts.ingress, findings);
    check_gro_hw(facts.ingress, findings);
    check_vlan(facts.ingress, findings);
}

}  // namespace xdpmirror
