// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The ways out of the profile: their devices, whether these take redirected frames, next hops.
#include <fmt/format.h>

#include "loader/doctor/checks.h"
#include "loader/way_out.h"
#include "loader/xdp_features.h"

namespace xdpmirror {
namespace {

// False when there is nothing more to ask of it.
bool check_device(const EgressFacts& egress, Findings& findings) {
    if (!egress.device) {
        findings.push_back(finding("egress_device", label(egress), Level::error, egress.missing,
                                   "nothing can leave by it, and attach refuses",
                                   "name an interface of this machine in the profile; ip link show "
                                   "lists them"));
        return false;
    }
    const auto& link = egress.device->link;
    if (!link.up) {
        findings.push_back(finding("egress_device", label(egress), Level::error, "is down",
                                   "nothing can leave by it, and attach refuses",
                                   "ip link set dev " + link.name + " up"));
        return false;
    }
    if (!link.carrier) {
        findings.push_back(finding("egress_device", label(egress), Level::warning, "has no carrier",
                                   "nothing can leave by it", "ip -d link show dev " + link.name));
        return true;
    }
    findings.push_back(
        fine("egress_device", label(egress), fmt::format("is up, MTU {}", link.mtu)));
    return true;
}

// How packets are handed to the device; false when they cannot be.
bool check_path(const EgressFacts& egress, Findings& findings) {
    if (egress.chosen) {
        findings.push_back(fine("path", label(egress),
                                fmt::format("path {}: {}", path_name(egress.chosen->path),
                                            egress.chosen->why)));
        return true;
    }
    const auto cure = egress.unfit.rfind("; ");
    findings.push_back(finding("path", label(egress), Level::error, egress.unfit.substr(0, cure),
                               "attach refuses",
                               cure == std::string::npos ? "" : egress.unfit.substr(cure + 2)));
    return false;
}

// A standby that does not work is not in the way of the primary.
void soften(Findings& findings, std::size_t first) {
    for (auto i = first; i < findings.size(); ++i) {
        auto& one = findings[i];
        if (one.level != Level::error) continue;
        one.level = Level::warning;
        one.why = "nothing can move to this standby";
    }
}

Finding veth_takes_none(const EgressFacts& egress) {
    const auto& device = *egress.device;
    const std::string found = "its veth peer has neither GRO nor an XDP program";
    const std::string why =
        "such a peer polls for nothing: redirected frames would be rejected, and attach refuses";
    if (device.peer && !device.peer->name.empty())
        return mendable("redirect_target", label(egress), Level::error, found, why,
                        {.kind = Change::Kind::offload,
                         .interface = device.peer->name,
                         .name = "rx-gro",
                         .value = "on"});
    return finding("redirect_target", label(egress), Level::error, found, why,
                   "in the network namespace of the peer: ethtool -K PEER gro on");
}

void check_target(const EgressFacts& egress, Findings& findings) {
    const auto& device = *egress.device;
    if (egress.same) {
        findings.push_back(
            fine("redirect_target", label(egress), "packets leave by the NIC they came in by"));
        return;
    }
    const auto takes = device.can(kXdpActNdoXmit);
    if (takes.value_or(false)) {
        findings.push_back(fine("redirect_target", label(egress), "takes redirected frames"));
    } else if (device.occupant) {
        const auto found =
            fmt::format("carries the XDP program '{}'{}", device.occupant->program_name,
                        takes ? ", and takes no redirected frames" : "");
        if (takes)
            findings.push_back(finding("redirect_target", label(egress), Level::error, found,
                                       "attach refuses", "name the NIC below it as egress"));
        else
            findings.push_back(fine("redirect_target", label(egress), found));
    } else if (device.link.kind == "veth" && takes) {
        findings.push_back(veth_takes_none(egress));
    } else if (device.can(kXdpActBasic).value_or(true)) {
        findings.push_back(finding(
            "redirect_target", label(egress), Level::note,
            takes ? "takes redirected frames only with an XDP program of its own"
                  : "whether it takes redirected frames cannot be read here (Linux 6.3 says it)",
            "attach puts a program there that passes everything; on some drivers that takes the "
            "link down and up",
            "nothing to do; attach when that does no harm"));
    } else {
        findings.push_back(finding("redirect_target", label(egress), Level::error,
                                   "its driver takes no redirected frames", "attach refuses",
                                   "name an Ethernet device whose driver has native XDP"));
    }
}

void check_hops(const EgressFacts& egress, Findings& findings) {
    for (const auto& hop : egress.hops) {
        const auto subject = "collector " + hop.collector.text();
        if (!hop.hop) {
            auto found = "by " + label(egress) + ": " + hop.refusal;
            auto cure = take_cure(found);
            findings.push_back(finding("next_hop", subject, Level::error, std::move(found),
                                       "frames need the MAC of the next hop, and attach refuses",
                                       std::move(cure)));
            continue;
        }
        const auto via = hop.hop->via ? hop.hop->via->text() + ", " : std::string();
        findings.push_back(fine("next_hop", subject,
                                fmt::format("by {}: {}MAC {}, MTU {}", label(egress), via,
                                            hop.hop->mac.text(), hop.hop->mtu)));
    }
}

}  // namespace

void check_egress(const Facts& facts, Findings& findings) {
    if (!facts.profile) {
        findings.push_back(
            finding("profile", facts.ingress.link.name, Level::note, "no profile was named",
                    "ways out, next hops, packet sizes and forwarding are not looked "
                    "at without one",
                    "xdpmirror doctor " + facts.ingress.link.name + " --profile NAME"));
        return;
    }
    findings.push_back(
        fine("profile", facts.ingress.link.name, "profile " + facts.profile->name + " was read"));
    for (const auto& egress : facts.profile->egress) {
        const auto first = findings.size();
        if (check_device(egress, findings) && check_path(egress, findings)) {
            if (egress.chosen->path == XM_PATH_REDIRECT || egress.same) check_target(egress, findings);
            check_hops(egress, findings);
        }
        if (egress.standby) soften(findings, first);
    }
    if (facts.profile->refusal.empty()) return;
    auto found = facts.profile->refusal;
    auto cure = take_cure(found);
    findings.push_back(finding("resolve", facts.ingress.link.name, Level::error, std::move(found),
                               "attach refuses for this reason", std::move(cure)));
}

}  // namespace xdpmirror
