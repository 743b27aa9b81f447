// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the driver takes with XDP, and whether what comes in fits what it leaves by.
#include <fmt/format.h>

#include <algorithm>

#include "loader/device/channels.h"
#include "loader/doctor/checks.h"
#include "loader/xdp_features.h"

namespace xdpmirror {
namespace {

// As the kernel's sources have them on every architecture that matters here.
constexpr std::uint32_t kEthernet = 14, kFcs = 4, kVlanTag = 4, kHeadroom = 256;
constexpr std::uint32_t kSharedInfo = 320;  // skb_shared_info, aligned
constexpr std::uint32_t kEnaLargestPage = 16384;
constexpr std::uint32_t kGveMtu = 2032;  // of the smaller queue format

// IPv4 and UDP outside, and the inner Ethernet header: the least that a mirror adds.
constexpr std::uint32_t kVxlanOverhead = 20 + 8 + 8 + 14;
constexpr std::uint32_t kGeneveOverhead = 20 + 8 + 40 + 20 + 8 + 8 + 14;

bool takes_frags(const KernelFacts& kernel, const DeviceFacts& device) {
    if (!kernel.multi_buffer.value_or(false)) return false;
    if (device.link.driver == "ena" && ena_version(device.driver_version).at_least(2, 14))
        return true;
    return device.can(kXdpActRxSg).value_or(false);
}

void check_device(const KernelFacts& kernel, const DeviceFacts& device, Findings& findings) {
    using Known = XdpMtu::Known;
    const auto& link = device.link;
    const auto most = xdp_mtu(kernel, device);
    if (most.known == Known::no_limit) {
        findings.push_back(fine("xdp_mtu", link.name,
                                fmt::format("MTU {}, and the driver takes frames of several "
                                            "buffers",
                                            link.mtu)));
        return;
    }
    // of a driver without native XDP native_xdp has said all
    if (most.known == Known::about && !device.can(kXdpActBasic).value_or(true)) return;
    if (link.mtu <= most.most) {
        findings.push_back(fine("xdp_mtu", link.name,
                                fmt::format("MTU {}, at most {} with XDP", link.mtu, most.most)));
        return;
    }
    const auto fix = fmt::format("ip link set dev {} mtu {}", link.name, most.most);
    if (most.known == Known::about)
        findings.push_back(
            finding("xdp_mtu", link.name, Level::warning,
                    fmt::format("MTU {}, and the driver does not say that it takes frames of "
                                "several buffers",
                                link.mtu),
                    "drivers without that refuse a program, or drop frames above about one page; "
                    "this driver's limit cannot be read here",
                    fix + ", if attach refuses; and let the mirror sessions cut at the source"));
    else
        findings.push_back(finding(
            "xdp_mtu", link.name, Level::error,
            fmt::format("MTU {}, at most {} with XDP by this driver and kernel", link.mtu,
                        most.most),
            "the driver refuses the program until the MTU is lowered; larger frames are then lost",
            fix +
                ", when no connection of this machine needs more; and let the mirror sessions cut "
                "at the source"));
}

std::uint32_t largest_inside(const ProfileFacts& profile, std::uint32_t mtu) {
    const auto less = [mtu](std::uint32_t overhead) { return mtu > overhead ? mtu - overhead : 0; };
    std::uint32_t largest = 0;
    if (profile.geneve) largest = std::max(largest, less(kGeneveOverhead));
    if (profile.vxlan) largest = std::max(largest, less(kVxlanOverhead));
    if (profile.plain) largest = std::max(largest, mtu);
    return largest;
}

std::uint32_t egress_mtu(const EgressFacts& egress) {
    auto mtu = egress.device->link.mtu;
    for (const auto& hop : egress.hops) {
        if (hop.hop && hop.hop->mtu != 0) mtu = std::min(mtu, hop.hop->mtu);
    }
    return mtu;
}

void check_path(const ProfileFacts& profile, const LinkInfo& ingress, const EgressFacts& egress,
                Findings& findings) {
    const auto largest = largest_inside(profile, ingress.mtu);
    const auto takes = egress_mtu(egress);
    const auto found =
        fmt::format("packets of up to {} bytes can come in by {} (MTU {}), {} takes {}", largest,
                    ingress.name, ingress.mtu, egress.interface, takes);
    if (largest <= takes)
        findings.push_back(fine("path_mtu", egress.name, found));
    else if (egress.fragment)
        findings.push_back(finding("path_mtu", egress.name, Level::note, found,
                                   "larger IPv4 packets are fragmented by the kernel, slowly; "
                                   "larger IPv6 packets are dropped as egress_oversize",
                                   fmt::format("ip link set dev {} mtu {}, if every device on the "
                                               "way takes it",
                                               egress.interface, largest)));
    else
        findings.push_back(
            finding("path_mtu", egress.name, Level::warning, found,
                    "larger packets are dropped as egress_oversize",
                    fmt::format("in the profile, egress {}: oversize: fragment; or ip link set dev "
                                "{} mtu {}, if every device on the way takes it",
                                egress.name, egress.interface, largest)));
}

}  // namespace

XdpMtu xdp_mtu(const KernelFacts& kernel, const DeviceFacts& device) {
    using Known = XdpMtu::Known;
    const auto& driver = device.link.driver;
    if (takes_frags(kernel, device)) return {};
    if (driver == "ena") {
        const auto page = std::min(kernel.page_size, kEnaLargestPage);
        const auto fcs = ena_version(device.driver_version).out_of_tree ? 0 : kFcs;
        return {Known::limit, page - kEthernet - fcs - kVlanTag - kHeadroom - kSharedInfo};
    }
    if (driver == "virtio_net" || driver == "veth")
        return {Known::limit, kernel.page_size - kHeadroom - kSharedInfo - kEthernet};
    if (driver == "gve") return {Known::limit, kGveMtu};
    return {Known::about, kernel.page_size - kEthernet - kFcs - kVlanTag - kHeadroom - kSharedInfo};
}

void check_mtu(const Facts& facts, Findings& findings) {
    for (const auto* device : devices_with_program(facts))
        check_device(facts.kernel, *device, findings);
    if (!facts.profile) return;
    for (const auto& egress : facts.profile->egress) {
        if (egress.device) check_path(*facts.profile, facts.ingress.link, egress, findings);
    }
}

}  // namespace xdpmirror
