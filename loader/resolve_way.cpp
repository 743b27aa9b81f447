// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/resolve_way.h"

#include <algorithm>

#include "loader/kernel_forwarding.h"
#include "loader/silence.h"
#include "loader/xdp_features.h"

namespace xdpmirror {
namespace {

// A tunnel tells senders over IPv6 of a way that is too narrow, whoever sent the packet into it. Those over
// IPv4 hear of one that the kernel has routed, in order to fragment it.
Result<> check_tunnel(const Egress& egress, const LinkInfo& link, const std::vector<Family>& families) {
    const bool is_tunnel = !link.is_ethernet() && link.kind != "tun";
    if (is_tunnel && std::find(families.begin(), families.end(), Family::ipv6) != families.end()) {
        if (auto ready = require_reflected_marks(Family::ipv6, "IPv6 into tunnel '" + link.name + "'");
            !ready)
            return ready;
    }
    if (!egress.fragment) return Ok{};
    return require_reflected_marks(Family::ipv4, "oversize: fragment into '" + link.name + "'");
}

Result<> check_kernel(const Egress& egress, const LinkInfo& ingress, const LinkInfo& link, xm_path path,
                      const std::vector<Family>& families) {
    if (path == XM_PATH_TC) {
        if (auto ready = check_tunnel(egress, link, families); !ready) return ready;
    }
    if (path == XM_PATH_KERNEL) {
        if (auto ready = require_routing(ingress.name, families); !ready) return ready;
    }
    if (!egress.fragment) return Ok{};
    if (path == XM_PATH_TX)
        return Error{"oversize: fragment cannot send back out of '" + ingress.name +
                     "', since the kernel would tell the senders of a shorter way; use oversize: "
                     "drop, or another interface"};
    return require_forwarding(ingress.name, Family::ipv4, "oversize: fragment");
}

}  // namespace

Result<ResolvedWay> resolve_way(NetlinkSocket& socket, const Egress& egress, const WayOut& way,
                                const LinkInfo& ingress, const std::vector<Family>& families) {
    auto link = find_link(socket, way.interface);
    if (!link) return link.error();
    if (!link->up)
        return Error{"interface '" + link->name + "' is down; set it up: ip link set " + link->name +
                     " up"};
    auto features = xdp_features(link->ifindex);
    if (!features) return features.error();
    auto chosen = choose_path(way, *link, ingress.ifindex, *features);
    if (!chosen) return chosen.error();
    if (auto ready = check_kernel(egress, ingress, *link, chosen->path, families); !ready)
        return ready.error();
    return ResolvedWay{.link = *link, .chosen = *std::move(chosen), .error = {}};
}

std::uint32_t features_of(const WayOut& way, const ResolvedWay& resolved, const LinkInfo& ingress) {
    const bool is_ingress = way.interface == ingress.name;
    if (is_ingress && way.path != PathChoice::kernel) return XM_FEATURE_TX;
    const bool is_unknown = resolved.error && (way.path == PathChoice::automatic ||
                                               way.path == PathChoice::tc ||
                                               way.path == PathChoice::kernel);
    return is_unknown || resolved.chosen.path >= XM_PATH_TC ? XM_FEATURE_HANDOVER : 0;
}

}  // namespace xdpmirror
