// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Devices first, then next hops by those that work.
#include "loader/resolve.h"

#include <linux/netlink.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>
#include <optional>

#include "loader/forwarded_route.h"
#include "loader/interface_address.h"
#include "loader/next_hop_row.h"

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

// The devices of an egress. A way that does not work is an error only if it is the last that is left,
// and then that of the primary.
Result<std::vector<ResolvedWay>> resolve_egress(NetlinkSocket& socket, const Egress& egress,
                                                const LinkInfo& ingress,
                                                const std::vector<Family>& families) {
    std::vector<ResolvedWay> ways;
    bool any = false;
    for (const auto& way : egress.ways) {
        auto resolved = resolve_way(socket, egress, way, ingress, families);
        any = any || resolved;
        ways.push_back(resolved ? *std::move(resolved)
                                : ResolvedWay{.link = {}, .chosen = {}, .error = resolved.error()});
    }
    if (!any) return while_doing("egress '" + egress.name + "'", *ways.front().error);
    return ways;
}

// All collectors are asked for at once, and have the same time to answer.
struct Enquiries {
    KernelRoutes& routes;
    NeighbourTable& neighbours;
    const PreferredWays& preferred;
    std::chrono::steady_clock::time_point since{};

    std::chrono::milliseconds left() const {
        const auto gone = std::chrono::steady_clock::now() - since;
        return std::max(0ms, std::chrono::duration_cast<std::chrono::milliseconds>(kPatience - gone));
    }
};

// What cannot be asked now is an error when its answer is waited for.
void ask_ahead(const Config& config, const Plan& plan, const Resolution& resolution, Enquiries& enquiries) {
    using State = Neighbour::State;
    for (const auto& collector : plan.collectors) {
        const auto& ways = resolution.ways[collector.egress];
        for (std::size_t i = 0; i < ways.size(); ++i) {
            const auto& choice = config.egress[collector.egress].ways[i].next_hop;
            const auto& link = ways[i].link;
            if (ways[i].error || !has_neighbour(ways[i].chosen.path, link) || !link.asks_neighbours ||
                std::holds_alternative<MacAddress>(choice))
                continue;
            const auto via = find_via(enquiries.routes, link, choice, collector.address);
            if (!via) continue;
            const auto found = enquiries.neighbours.find({link.ifindex, via->address});
            if (!found) continue;
            const auto known = found->value_or(Neighbour{.key = {link.ifindex, via->address}});
            if (known.state == State::none || known.state == State::failed)
                static_cast<void>(enquiries.neighbours.discover(known));
            else if (known.state == State::stale || known.state == State::delay)
                static_cast<void>(enquiries.neighbours.confirm(known));
        }
    }
    enquiries.since = std::chrono::steady_clock::now();
}

// Through a device without neighbours, or where the kernel knows best, there is nobody to ask.
Result<NextHop> find_next_hop(Enquiries& enquiries, const ResolvedWay& resolved, const WayOut& way,
                              const IpAddress& collector) {
    const auto& link = resolved.link;
    if (!has_neighbour(resolved.chosen.path, link))
        return NextHop{{}, std::nullopt, link.ifindex, link.mtu, NextHop::From::route};
    const auto left = enquiries.left();
    auto hop = resolve_next_hop(enquiries.routes, enquiries.neighbours, link, way.next_hop, collector,
                                left, kPatience - left);
    if (!hop || !hop->via) return hop;
    if (auto same = require_forwarded_to(enquiries.routes, link, resolved.chosen.path, collector, *hop->via); !same)
        return same.error();
    return hop;
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

// Two rows for each collector; the first is the one that it begins with.
void add_rows(Resolved& rows, const xm_next_hop& row) {
    rows.collector_next_hop.push_back(static_cast<std::uint32_t>(rows.next_hops.size()));
    rows.next_hops.push_back(row);
    rows.next_hops.push_back({});
}

// Of an egress, by index: the one by `preferred` first, if there is one.
std::vector<std::size_t> in_order(const Egress& egress, const std::string& preferred) {
    std::vector<std::size_t> order(egress.ways.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_partition(order, [&](std::size_t way) { return egress.ways[way].interface == preferred; });
    return order;
}

Result<> resolve_collector(const Config& config, const Plan::CollectorRow& collector,
                           Enquiries& enquiries, Resolution& resolution) {
    const auto& egress = config.egress[collector.egress];
    const auto& ways = resolution.ways[collector.egress];
    std::optional<Error> first;
    const auto preferred = enquiries.preferred.find(collector.label);
    for (const auto i : in_order(egress, preferred == enquiries.preferred.end() ? "" : preferred->second)) {
        std::optional<Error> error = ways[i].error;
        if (!error) {
            auto hop = find_next_hop(enquiries, ways[i], egress.ways[i], collector.address);
            if (hop) {
                const auto row = first_way_row(config, collector.egress) + i;
                add_rows(resolution.rows, make_next_hop_row(egress, egress.ways[i], ways[i].link, ways[i].chosen.path, row,
                                              *hop));
                if (first)
                    resolution.notes.push_back("collector " + collector.label + " is reached by standby '" +
                                               egress.ways[i].interface + "': " + one_line(*first));
                return Ok{};
            }
            error = hop.error();
        }
        if (!first) first = std::move(error);
    }
    return while_doing("egress '" + egress.name + "'", *first);
}

// A pool goes without collectors that no packet can get to, as long as it has others.
Result<> resolve_pool(const Config& config, const Plan& plan, const Balancer::Range& pool,
                      Enquiries& enquiries, Resolution& resolution) {
    std::optional<Error> first;
    std::uint32_t missing = 0;
    for (std::uint32_t i = 0; i < pool.collectors; ++i) {
        const auto& collector = plan.collectors[pool.first_collector + i];
        auto found = resolve_collector(config, collector, enquiries, resolution);
        resolution.rows.unused.push_back(!found);
        if (found) continue;
        xm_next_hop nowhere{};
        nowhere.egress = static_cast<std::uint32_t>(first_way_row(config, collector.egress));
        add_rows(resolution.rows, nowhere);
        resolution.notes.push_back("collector " + collector.label + " is not used: " +
                                   one_line(found.error()));
        if (!first) first = found.error();
        ++missing;
    }
    if (missing < pool.collectors) return Ok{};
    return *first;
}

}  // namespace

Result<Resolution> resolve(const Config& config, const Plan& plan, const LinkInfo& ingress,
                           const PreferredWays& preferred) {
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
    for (std::size_t i = 0; i < config.egress.size(); ++i) {
        auto ways = resolve_egress(*socket, config.egress[i], ingress, families_of(plan, i));
        if (!ways) return ways.error();
        for (const auto& way : *ways) {
            resolution.rows.egress_ifindex.push_back(way.link.ifindex);
        }
        for (std::size_t way = 0; way < ways->size(); ++way)
            resolution.rows.features |= features_of(config.egress[i].ways[way], (*ways)[way], ingress);
        resolution.ways.push_back(*std::move(ways));
    }
    if (((resolution.rows.features | plan.config.features) & (XM_FEATURE_HANDOVER | XM_FEATURE_COPIES)) != 0) {
        auto secret = make_secret();
        if (!secret) return secret.error();
        resolution.secret = *secret;
        resolution.rows.secret = *secret;
    }
    Enquiries enquiries{.routes = routes, .neighbours = *neighbours, .preferred = preferred};
    ask_ahead(config, plan, resolution, enquiries);
    for (const auto& range : plan.balancer.ranges()) {
        if (auto found = resolve_pool(config, plan, range, enquiries, resolution); !found)
            return found.error();
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
        std::vector<ResolvedWay> ways;
        for (const auto& way : egress.ways) {
            ResolvedWay resolved;
            resolved.link.ifindex = kLoopback;
            resolved.link.name = way.interface;
            resolved.link.mtu = kAnyMtu;
            auto link = socket ? find_link(*socket, way.interface) : Result<LinkInfo>(socket.error());
            if (link && link->is_ethernet()) resolved.link = *link;
            if (link && !link->is_ethernet()) {  // no addresses to show, and none are missed
                resolved.link.mtu = link->mtu;
                resolved.chosen.path = XM_PATH_TC;
            }
            // the devmap only has to have a row: nothing is sent
            resolution.rows.egress_ifindex.push_back(kLoopback);
            ways.push_back(std::move(resolved));
        }
        if (ways.front().link.ifindex == kLoopback && ways.front().chosen.path != XM_PATH_TC)
            unresolved.push_back("interface '" + egress.ways[0].interface + "' is not here: its frames "
                                 "carry source MAC 00:00:00:00:00:00");
        resolution.ways.push_back(std::move(ways));
    }
    for (const auto& collector : plan.collectors) {
        const auto& egress = config.egress[collector.egress];
        const auto& way = egress.ways[0];
        const auto& resolved = resolution.ways[collector.egress][0];
        NextHop hop{};
        hop.mtu = resolved.link.mtu;
        if (const auto* mac = std::get_if<MacAddress>(&way.next_hop))
            hop.mac = *mac;
        else if (socket && resolved.link.ifindex != kLoopback)
            hop.mac = known_mac(*socket, resolved.link, way.next_hop, collector.address);
        if (hop.mac == MacAddress{} && resolved.chosen.path != XM_PATH_TC)
            unresolved.push_back("the next hop to " + collector.address.text() +
                                 " is not resolved here: its frames carry destination MAC "
                                 "00:00:00:00:00:00");
        add_rows(resolution.rows, make_next_hop_row(egress, way, resolved.link, XM_PATH_REDIRECT,
                                                    first_way_row(config, collector.egress), hop));
    }
    return resolution;
}

}  // namespace xdpmirror
