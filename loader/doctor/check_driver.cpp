// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Whether the ingress can carry the data plane natively, and whether its hook is free.
#include <fmt/format.h>

#include "loader/doctor/checks.h"
#include "loader/xdp_features.h"

namespace xdpmirror {
namespace {

std::string driver_text(const DeviceFacts& device) {
    const auto& link = device.link;
    if (link.driver.empty()) return link.kind.empty() ? "a device without a driver" : link.kind;
    return device.driver_version.empty() ? link.driver : link.driver + " " + device.driver_version;
}

void check_link(const LinkInfo& link, Findings& findings) {
    if (!link.is_ethernet())
        findings.push_back(
            finding("link", link.name, Level::error,
                    "is not an Ethernet device" + (link.kind.empty() ? "" : " (" + link.kind + ")"),
                    "mirrors come in Ethernet frames; XDP here reads those",
                    "name the NIC that mirrored packets come in by"));
    else if (!link.up)
        findings.push_back(finding("link", link.name, Level::error, "is down",
                                   "nothing comes in, and attach refuses",
                                   "ip link set dev " + link.name + " up"));
    else if (!link.carrier)
        findings.push_back(finding("link", link.name, Level::warning, "has no carrier",
                                   "nothing comes in until the other end is there",
                                   "ip -d link show dev " + link.name));
    else
        findings.push_back(fine("link", link.name, fmt::format("is up, MTU {}", link.mtu)));
}

// Some drivers say no only as they are set now.
std::string refusal_of(const DeviceFacts& device, std::string& fix) {
    const auto& name = device.link.name;
    if (device.link.kind == "veth") {
        fix = "ethtool -L " + name + " rx N, N the peer's number of TX channels";
        return "has fewer RX channels than its veth peer has TX channels";
    }
    if (device.link.driver == "gve") {
        fix = "ethtool -K " + name + " lro off; or a machine type whose queues are of format GQI";
        return "gve offers no XDP as it is set up (LRO, header split, or a queue format without "
               "it)";
    }
    if (device.link.driver == "virtio_net") {
        fix = "on the host: ctrl_guest_offloads=on for this NIC";
        return "virtio_net offers no XDP as this device was negotiated";
    }
    fix = "xdpmirror attach " + name +
          " --profile NAME --mode generic, at a multiple of the cost; or a NIC with native XDP";
    return driver_text(device) + " has no native XDP";
}

void check_native(const DeviceFacts& device, Findings& findings) {
    const auto& name = device.link.name;
    const auto native = device.can(kXdpActBasic | kXdpActRedirect);
    if (!native) {
        findings.push_back(finding("native_xdp", name, Level::note,
                                   driver_text(device) +
                                       "; whether it has native XDP cannot be read here (Linux 6.3 "
                                       "says it)",
                                   "attach refuses where it has none",
                                   "xdpmirror attach " + name + " --profile NAME says it"));
        return;
    }
    if (*native) {
        findings.push_back(fine("native_xdp", name, driver_text(device) + " has native XDP"));
        return;
    }
    std::string fix;
    auto found = refusal_of(device, fix);
    findings.push_back(finding("native_xdp", name, Level::error, std::move(found),
                               "attach refuses to fall back to generic mode by itself",
                               std::move(fix)));
}

std::string detach_command(const std::string& name, const XdpOccupant& occupant) {
    if (occupant.by_link()) return fmt::format("bpftool link detach id {}", occupant.link_id);
    return fmt::format("ip link set dev {} {} off", name,
                       occupant.mode == XdpOccupant::Mode::generic ? "xdpgeneric" : "xdp");
}

void check_occupant(const Facts& facts, Findings& findings) {
    const auto& name = facts.ingress.link.name;
    if (!facts.ingress.occupant_unread.empty()) {
        findings.push_back(finding(
            "occupant", name, Level::note, "cannot be read here: " + facts.ingress.occupant_unread,
            "attach refuses where another XDP program is", "bpftool net show dev " + name));
        return;
    }
    if (!facts.ingress.occupant) {
        findings.push_back(fine("occupant", name, "carries no XDP program"));
        return;
    }
    const auto& occupant = *facts.ingress.occupant;
    const auto text = fmt::format("carries the XDP program '{}' (id {}, {})", occupant.program_name,
                                  occupant.program_id, to_text(occupant.mode));
    if (facts.attached) {
        findings.push_back(fine("occupant", name, text + ": xdpmirror is attached"));
    } else if (occupant.program_name == "xdpmirror_stub") {
        findings.push_back(finding("occupant", name, Level::error, text,
                                   "it is the egress of another attachment, and cannot be both in "
                                   "this version",
                                   "xdpmirror status"));
    } else if (occupant.program_name == "xdp_dispatcher") {
        findings.push_back(finding("occupant", name, Level::warning, text,
                                   "attach refuses it unless it is told to share",
                                   "xdpmirror attach " + name + " --profile NAME --shared"));
    } else {
        findings.push_back(finding("occupant", name, Level::error, text,
                                   "an interface carries one XDP program; attach refuses",
                                   detach_command(name, occupant)));
    }
}

}  // namespace

void check_driver(const Facts& facts, Findings& findings) {
    check_link(facts.ingress.link, findings);
    check_native(facts.ingress, findings);
    check_occupant(facts, findings);
}

}  // namespace xdpmirror
