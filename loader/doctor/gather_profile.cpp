// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The profile against this machine, egress by egress, so that one that fails does not hide another.
#include <algorithm>
#include <chrono>

#include "config/plan.h"
#include "loader/doctor/gather.h"
#include "loader/kernel_forwarding.h"
#include "loader/resolve.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 3s;

void add_port(std::vector<std::uint16_t>& ports, std::uint16_t port) {
    if (std::find(ports.begin(), ports.end(), port) == ports.end()) ports.push_back(port);
}

HopFacts gather_hop(NetlinkSocket& socket, const WayOut& way, const LinkInfo& link,
                    const IpAddress& collector) {
    HopFacts facts{.collector = collector, .hop = {}, .refusal = {}};
    auto neighbours = KernelNeighbours::make(socket);
    if (!neighbours) {
        facts.refusal = one_line(neighbours.error());
        return facts;
    }
    KernelRoutes routes(socket);
    auto hop = resolve_next_hop(routes, *neighbours, link, way.next_hop, collector, kPatience);
    if (hop)
        facts.hop = *hop;
    else
        facts.refusal = one_line(hop.error());
    return facts;
}

std::vector<IpAddress> collectors_of(const Config& config, const Egress& egress) {
    std::vector<IpAddress> addresses;
    for (const auto& pool : config.pools) {
        if (pool.via != egress.name) continue;
        for (const auto& collector : pool.collectors) addresses.push_back(collector.address);
    }
    return addresses;
}

PeerFacts gather_peers(const WayOut& way, const LinkInfo& link, std::vector<IpAddress> collectors) {
    PeerFacts facts{.peers = {}, .unread = {}, .collectors = std::move(collectors),
                    .probed = way.probe.has_value()};
    auto peers = wireguard_peers(link.ifindex);
    if (peers)
        facts.peers = *std::move(peers);
    else
        facts.unread = one_line(peers.error());
    return facts;
}

EgressFacts gather_way(NetlinkSocket& socket, const Config& config, const Egress& egress,
                       const WayOut& way, const DeviceFacts& ingress) {
    EgressFacts facts;
    facts.name = egress.name;
    facts.interface = way.interface;
    facts.fragment = egress.fragment;
    facts.standby = &way != &egress.ways.front();
    const auto link = find_link(socket, way.interface);
    if (!link) {
        facts.missing = one_line(link.error());
        return facts;
    }
    facts.same = link->ifindex == ingress.link.ifindex;
    facts.device = facts.same ? ingress : gather_device(socket, *link);
    if (!link->up) return facts;  // said of the device itself
    auto chosen = choose_path(way, *link, ingress.link.ifindex, facts.device->xdp_features);
    if (chosen)
        facts.chosen = *std::move(chosen);
    else
        facts.unfit = one_line(chosen.error());
    const auto collectors = collectors_of(config, egress);
    if (is_wireguard(*link)) facts.peers = gather_peers(way, *link, collectors);
    const bool asks = facts.chosen && facts.chosen->path != XM_PATH_KERNEL && link->is_ethernet();
    if (!asks) return facts;
    for (const auto& collector : collectors)
        facts.hops.push_back(gather_hop(socket, way, *link, collector));
    return facts;
}

bool all_there(const std::vector<EgressFacts>& egress) {
    return std::all_of(egress.begin(), egress.end(), [](const EgressFacts& one) {
        return one.device && one.device->link.up && one.chosen &&
               std::all_of(one.hops.begin(), one.hops.end(),
                           [](const HopFacts& hop) { return hop.hop.has_value(); });
    });
}

bool fragments(const Config& config) {
    return std::any_of(config.egress.begin(), config.egress.end(),
                       [](const Egress& egress) { return egress.fragment; });
}

// Else `resolve` would wait for the same neighbours again, or complain of the same settings, only
// to say what the facts say.
bool nothing_known_against(const Config& config, const ProfileFacts& facts,
                           const std::string& ingress) {
    return all_there(facts.egress) && (!fragments(config) || require_forwarding(ingress, Family::ipv4, "oversize: fragment"));
}

}  // namespace

ProfileFacts gather_profile(NetlinkSocket& socket, const Config& config,
                            const DeviceFacts& ingress) {
    ProfileFacts facts;
    facts.name = config.name;
    for (const auto& source : config.sources) {
        facts.vxlan |= source.way == WayIn::vxlan;
        facts.geneve |= source.way == WayIn::geneve;
        facts.plain |= source.way == WayIn::plain;
        if (source.way == WayIn::vxlan) add_port(facts.ports, source.vxlan_port);
        if (source.way == WayIn::geneve) add_port(facts.ports, source.geneve_port);
    }
    for (const auto& egress : config.egress) {
        for (const auto& way : egress.ways)
            facts.egress.push_back(gather_way(socket, config, egress, way, ingress));
    }
    const auto plan = make_plan(config);
    if (!plan) {
        facts.refusal = one_line(plan.error());
    } else if (nothing_known_against(config, facts, ingress.link.name)) {
        const auto resolution = resolve(config, *plan, ingress.link);
        if (!resolution) facts.refusal = one_line(resolution.error());
    }
    return facts;
}

}  // namespace xdpmirror
