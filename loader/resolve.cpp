// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Next hops with the same MAC on the same egress share a row.
#include "loader/resolve.h"

#include <linux/netlink.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>

#include "loader/interface_address.h"
#include "loader/kernel_forwarding.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 3s;

// The ingress and the VLAN devices on it, also those on one of these: frames with their tags are seen
// here first.
std::vector<unsigned> stacked_on(const std::vector<LinkInfo>& links, unsigned ingress) {
    std::vector<unsigned> stack = {ingress};
    for (std::size_t i = 0; i < stack.size(); ++i) {
        for (const auto& link : links) {
            if (link.kind == "vlan" && link.parent == stack[i]) stack.push_back(link.ifindex);
        }
    }
    return stack;
}

struct NodeAddresses {
    std::vector<IpAddress> local;  // of the ingress and the VLAN devices on it
    std::vector<IpAddress> all;
};

Result<NodeAddresses> node_addresses(NetlinkSocket& socket, const LinkInfo& ingress) {
    auto links = list_links(socket);
    if (!links) return links.error();
    auto addresses = list_addresses(socket, 0);
    if (!addresses) return addresses.error();
    const auto stack = stacked_on(*links, ingress.ifindex);
    NodeAddresses found;
    for (const auto& address : *addresses) {
        if (!address.addressable) continue;
        found.all.push_back(address.address);
        if (std::find(stack.begin(), stack.end(), address.ifindex) != stack.end())
            found.local.push_back(address.address);
    }
    return found;
}

// What mirror sessions may target; nobody needs one for plain input alone.
Result<> check_local(const std::vector<IpAddress>& local, const Config& config,
                     const LinkInfo& ingress) {
    const bool takes_tunnels = std::any_of(config.sources.begin(), config.sources.end(),
                                           [](const Source& s) { return s.way != WayIn::plain; });
    std::size_t of_family[2] = {0, 0};
    for (const auto& address : local) ++of_family[address.family == Family::ipv6];
    if (local.empty() && takes_tunnels)
        return Error{"interface '" + ingress.name +
                     "' has no address, so no mirrored packet can be meant for it; give it one: ip "
                     "address add A.B.C.D/N dev " + ingress.name};
    if (std::max(of_family[0], of_family[1]) > XM_MAX_LOCAL)
        return Error{"interface '" + ingress.name + "' has more than " +
                     std::to_string(XM_MAX_LOCAL) +
                     " addresses of one family; remove those that no mirror session targets"};
    return Ok{};
}

Result<ResolvedEgress> resolve_egress(NetlinkSocket& socket, const Egress& egress,
                                      const LinkInfo& ingress) {
    auto link = find_link(socket, egress.interface);
    if (!link) return while_doing("egress '" + egress.name + "'", link.error());
    if (!link->is_ethernet())
        return Error{"egress '" + egress.name + "': interface '" + link->name + "' (" + link->kind +
                     ") is not an Ethernet device, and XDP cannot redirect into it; name an "
                     "Ethernet interface (ways out by VPN devices are not in this version)"};
    if (!link->up)
        return Error{"egress '" + egress.name + "': interface '" + link->name +
                     "' is down; set it up: ip link set " + link->name + " up"};
    const bool same = link->ifindex == ingress.ifindex;
    if (egress.fragment && same)
        return Error{"egress '" + egress.name + "': oversize: fragment cannot send back out of '" +
                     link->name +
                     "', since the kernel would tell the senders of a shorter way; use oversize: "
                     "drop, or another interface"};
    if (egress.fragment) {
        if (auto ready = require_forwarding(ingress.name); !ready)
            return while_doing("egress '" + egress.name + "'", ready.error());
    }
    return ResolvedEgress{.link = *link, .path = same ? XM_PATH_TX : XM_PATH_REDIRECT};
}

xm_next_hop make_row(const Egress& wanted, const ResolvedEgress& egress, std::size_t egress_row,
                     const NextHop& hop) {
    xm_next_hop row{};
    std::memcpy(row.dst_mac, hop.mac.bytes.data(), sizeof(row.dst_mac));
    std::memcpy(row.src_mac, egress.link.mac.bytes.data(), sizeof(row.src_mac));
    row.egress = static_cast<std::uint32_t>(egress_row);
    row.ifindex = egress.link.ifindex;
    row.mtu = hop.mtu;
    row.path = static_cast<std::uint8_t>(egress.path);
    row.fragment = wanted.fragment;
    return row;
}

std::uint32_t add_row(std::vector<xm_next_hop>& rows, const xm_next_hop& row) {
    const auto same = [&](const xm_next_hop& other) {
        return std::memcmp(&other, &row, sizeof(row)) == 0;
    };
    const auto found = std::find_if(rows.begin(), rows.end(), same);
    const auto at = static_cast<std::uint32_t>(found - rows.begin());
    if (found == rows.end()) rows.push_back(row);
    return at;
}

// What the neighbour table remembers, without asking anybody; zero when it remembers nothing.
MacAddress known_mac(NetlinkSocket& socket, const LinkInfo& link, const NextHopChoice& choice,
                     const IpAddress& collector) {
    IpAddress neighbour = collector;
    if (const auto* address = std::get_if<IpAddress>(&choice)) {
        neighbour = *address;
    } else {
        KernelRoutes routes(socket);
        auto route = routes.lookup_by(collector, link.ifindex);
        if (route && route->gateway) neighbour = *route->gateway;
    }
    auto neighbours = KernelNeighbours::make(socket);
    if (!neighbours) return {};
    auto found = neighbours->find({.ifindex = link.ifindex, .address = neighbour});
    return found && *found && (*found)->mac ? *(*found)->mac : MacAddress{};
}

}  // namespace

Result<Resolution> resolve(const Config& config, const Plan& plan, const LinkInfo& ingress) {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    auto neighbours = KernelNeighbours::make(*socket);
    if (!neighbours) return neighbours.error();
    KernelRoutes routes(*socket);

    Resolution resolution;
    auto addresses = node_addresses(*socket, ingress);
    if (!addresses) return addresses.error();
    if (auto checked = check_local(addresses->local, config, ingress); !checked)
        return checked.error();
    resolution.rows.local = std::move(addresses->local);
    resolution.rows.own = std::move(addresses->all);
    resolution.rows.ingress_mac = ingress.mac;
    resolution.rows.ingress_ifindex = ingress.ifindex;
    for (const auto& egress : config.egress) {
        auto resolved = resolve_egress(*socket, egress, ingress);
        if (!resolved) return resolved.error();
        resolution.rows.egress_ifindex.push_back(resolved->link.ifindex);
        resolution.egress.push_back(std::move(*resolved));
    }
    for (const auto& collector : plan.collectors) {
        const auto& egress = config.egress[collector.egress];
        const auto& resolved = resolution.egress[collector.egress];
        auto hop = resolve_next_hop(routes, *neighbours, resolved.link, egress.next_hop,
                                    collector.address, kPatience);
        if (!hop) return while_doing("egress '" + egress.name + "'", hop.error());
        resolution.rows.collector_next_hop.push_back(
            add_row(resolution.rows.next_hops, make_row(egress, resolved, collector.egress, *hop)));
    }
    return resolution;
}

Resolution resolve_on_paper(const Config& config, const Plan& plan,
                            std::vector<std::string>& unresolved) {
    constexpr unsigned kLoopback = 1;
    constexpr std::uint32_t kAnyMtu = 65535;
    Resolution resolution;
    resolution.rows.on_paper = true;
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    for (const auto& egress : config.egress) {
        ResolvedEgress resolved;
        resolved.link.ifindex = kLoopback;
        resolved.link.name = egress.interface;
        resolved.link.mtu = kAnyMtu;
        if (socket) {
            if (auto link = find_link(*socket, egress.interface); link && link->is_ethernet())
                resolved.link = *link;
        }
        if (resolved.link.ifindex == kLoopback)
            unresolved.push_back("interface '" + egress.interface + "' is not here: its frames "
                                 "carry source MAC 00:00:00:00:00:00");
        // the devmap only has to have a row: nothing is sent
        resolution.rows.egress_ifindex.push_back(kLoopback);
        resolution.egress.push_back(std::move(resolved));
    }
    for (const auto& collector : plan.collectors) {
        const auto& egress = config.egress[collector.egress];
        const auto& resolved = resolution.egress[collector.egress];
        NextHop hop{};
        hop.mtu = resolved.link.mtu;
        if (const auto* mac = std::get_if<MacAddress>(&egress.next_hop))
            hop.mac = *mac;
        else if (socket && resolved.link.ifindex != kLoopback)
            hop.mac = known_mac(*socket, resolved.link, egress.next_hop, collector.address);
        if (hop.mac == MacAddress{})
            unresolved.push_back("the next hop to " + collector.address.text() +
                                 " is not resolved here: its frames carry destination MAC "
                                 "00:00:00:00:00:00");
        resolution.rows.collector_next_hop.push_back(
            add_row(resolution.rows.next_hops, make_row(egress, resolved, collector.egress, hop)));
    }
    return resolution;
}

}  // namespace xdpmirror
