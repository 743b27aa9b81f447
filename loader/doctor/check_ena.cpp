// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Amazon's ENA, in its two lines: the kernel's own driver and the releases that end in "g".
#include <fmt/format.h>

#include "loader/device/channels.h"
#include "loader/doctor/checks.h"

namespace xdpmirror {

namespace {

void check_channels(const DeviceFacts& device, Findings& findings) {
    const auto& name = device.link.name;
    if (!ena_needs_spare_channels(device)) {
        findings.push_back(fine("ena_channels", name,
                                "ena " + device.driver_version + " needs no spare channels"));
        return;
    }
    if (!device.channels) {
        findings.push_back(
            finding("ena_channels", name, Level::note, "the channels cannot be read here",
                    "XDP on ENA needs at most half of them in use", "ethtool -l " + name));
        return;
    }
    const auto used = device.channels->combined;
    const auto most = device.channels->max_combined;
    if (used * 2 <= most) {
        findings.push_back(fine("ena_channels", name,
                                fmt::format("{} of {} channels used, at most half", used, most)));
        return;
    }
    const auto found = fmt::format("{} of {} channels used", used, most);
    const std::string why =
        "this driver gives XDP a TX queue for each channel, and refuses a program when more than "
        "half are in use";
    if (most < 2)
        findings.push_back(finding("ena_channels", name, Level::error, found, why,
                                   "use a larger instance type, or ena 2.17.0g or newer"));
    else
        findings.push_back(mendable("ena_channels", name, Level::error, found, why,
                                    {.kind = Change::Kind::channels,
                                     .interface = name,
                                     .value = fmt::format("combined {}", most / 2)}));
}

}  // namespace

void check_ena(const Facts& facts, Findings& findings) {
    for (const auto* device : devices_with_program(facts)) {
        if (device->link.driver != "ena") continue;
        check_channels(*device, findings);
        if (device->occupant)
            findings.push_back(fine("link_blip", device->link.name,
                                    "a program is there already: replacing it leaves the link up"));
        else
            findings.push_back(finding(
                "link_blip", device->link.name, Level::note,
                "attaching the first program and detaching the last take the link down and up",
                "ena starts its queues anew: packets of some milliseconds are lost",
                "attach when that does no harm; a reload replaces the program and does not do it"));
    }
}

}  // namespace xdpmirror
