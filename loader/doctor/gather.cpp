// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/doctor/gather.h"

#include <fmt/format.h>
#include <linux/netlink.h>

#include "loader/state_dir.h"

namespace xdpmirror {
namespace {

std::optional<int> ipv4_setting(const std::string& scope, const char* name) {
    return number_in(fmt::format("/proc/sys/net/ipv4/conf/{}/{}", scope, name));
}

}  // namespace

Cloud gather_cloud() {
    const auto vendor = first_line("/sys/class/dmi/id/sys_vendor").value_or("");
    if (vendor == "Amazon EC2") return Cloud::ec2;
    if (vendor == "Google") return Cloud::gce;
    return Cloud::unknown;
}

Result<Facts> gather_facts(const std::string& interface, const Config* config) {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    const auto link = find_link(*socket, interface);
    if (!link) return link.error();
    Facts facts;
    facts.kernel = gather_kernel();
    facts.cloud = gather_cloud();
    facts.ingress = gather_device(*socket, *link);
    facts.attached = StateDir(link->name).exists();
    facts.forwarding = {.forwarding = ipv4_setting(link->name, "forwarding"),
                        .rp_filter = ipv4_setting(link->name, "rp_filter"),
                        .rp_filter_all = ipv4_setting("all", "rp_filter")};
    if (config != nullptr) facts.profile = gather_profile(*socket, *config, facts.ingress);
    return facts;
}

}  // namespace xdpmirror
