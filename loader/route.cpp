// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Where the kernel would send a packet for an address, through RTM_GETROUTE.
#include "loader/route.h"

#include <fmt/format.h>
#include <linux/rtnetlink.h>

#include "loader/link.h"

namespace xdpmirror {
namespace {

Route::Kind kind_of(unsigned char type) {
    switch (type) {
        case RTN_UNICAST:
        case RTN_ANYCAST:
            return Route::Kind::unicast;
        case RTN_LOCAL:
            return Route::Kind::local;
        case RTN_BROADCAST:
            return Route::Kind::broadcast;
        case RTN_MULTICAST:
            return Route::Kind::multicast;
        case RTN_BLACKHOLE:
            return Route::Kind::blackhole;
        case RTN_UNREACHABLE:
            return Route::Kind::unreachable;
        case RTN_PROHIBIT:
            return Route::Kind::prohibit;
        default:
            return Route::Kind::none;
    }
}

// The kernel answers a lookup that ends at such a route with its errno instead of with the route.
std::optional<Route::Kind> kind_of_refusal(int err) {
    switch (err) {
        case EINVAL:
            return Route::Kind::blackhole;
        case EHOSTUNREACH:
            return Route::Kind::unreachable;
        case EACCES:
            return Route::Kind::prohibit;
        case ENETUNREACH:
        case EAGAIN:  // a `throw` route and nothing behind it
            return Route::Kind::none;
        default:
            return std::nullopt;
    }
}

// RTA_VIA: a gateway of another family than the destination.
std::optional<IpAddress> gateway_of(const Attributes& attributes) {
    if (attributes.has(RTA_GATEWAY)) return attributes.address(RTA_GATEWAY);
    const auto via = attributes.bytes(RTA_VIA);
    if (via.size() <= sizeof(rtvia)) return std::nullopt;
    return to_address(via.subspan(sizeof(rtvia)));
}

}  // namespace

std::optional<Route> parse_route(const NetlinkMessage& message) {
    const auto* header = message.fixed<rtmsg>();
    if (message.type() != RTM_NEWROUTE || header == nullptr) return std::nullopt;
    const Attributes attributes(message, sizeof(*header), RTA_MAX);

    Route route;
    route.kind = kind_of(header->rtm_type);
    route.ifindex = attributes.u32(RTA_OIF).value_or(0);
    route.gateway = gateway_of(attributes);
    route.mtu = attributes.nested(RTA_METRICS, RTAX_MAX).u32(RTAX_MTU).value_or(0);
    route.encapsulated = attributes.u16(RTA_ENCAP_TYPE).value_or(0) != 0;
    return route;
}

Result<Route> KernelRoutes::ask(const IpAddress& to, unsigned ifindex, unsigned flags,
                                const IpAddress* from, std::uint32_t mark) {
    rtmsg header{};
    header.rtm_family = static_cast<unsigned char>(address_family(to));
    header.rtm_dst_len = static_cast<unsigned char>(wire_bytes(to).size() * 8);
    header.rtm_flags = flags;
    if (from != nullptr) header.rtm_src_len = header.rtm_dst_len;
    NetlinkRequest request(RTM_GETROUTE, 0, header);
    request.put(RTA_DST, to);
    if (ifindex != 0) request.put(RTA_OIF, ifindex);
    if (from != nullptr) request.put(RTA_SRC, *from);
    if (mark != 0) request.put(RTA_MARK, mark);

    const auto answer = socket_.request(request);
    if (!answer) {
        if (const auto kind = kind_of_refusal(answer.error().code.value())) {
            Route route;
            route.kind = *kind;
            return route;
        }
        return while_doing(fmt::format("look up route to {}", to.text()), answer.error());
    }
    for (const auto& message : *answer) {
        if (auto route = parse_route(message)) return *route;
    }
    return Error{fmt::format("look up route to {}: the kernel's answer holds no route", to.text())};
}

Result<Route> KernelRoutes::lookup(const IpAddress& to) {
    auto route = ask(to, 0, 0);
    if (!route || route->ifindex == 0) return route;
    const auto link = find_link(socket_, route->ifindex);
    if (!link) return link.error();
    route->interface = link->name;
    return route;
}

// With a source address, IPv6 takes the interface for a wish (ip6_route_output_flags). Which address it is
// makes no difference without rules that ask for it.
Result<Route> KernelRoutes::lookup_forwarded(const IpAddress& to, unsigned ifindex) {
    return ask(to, ifindex, 0, &to);
}

Result<Route> KernelRoutes::lookup_marked(const IpAddress& to, std::uint32_t mark) {
    return ask(to, 0, 0, nullptr, mark);
}

// Two questions, because each alone misleads. A plain lookup with an interface never fails on IPv4:
// without a route it supposes that the destination is on the link. A lookup of the table's entry
// (RTM_F_FIB_MATCH) tells whether there is one, but of several paths it does not say which.
Result<Route> KernelRoutes::lookup_by(const IpAddress& to, unsigned ifindex) {
    auto entry = ask(to, ifindex, RTM_F_FIB_MATCH);
    if (!entry) return entry;
    Route none;
    if (entry->kind != Route::Kind::unicast && entry->ifindex == 0) return none;
    auto path = ask(to, ifindex, 0);
    if (!path) return path;
    if (path->kind == Route::Kind::unicast && path->ifindex != ifindex) return none;
    // The table's metric: the lookup's would hold a discovered path MTU, which expires.
    path->mtu = entry->mtu;
    path->encapsulated = path->encapsulated || entry->encapsulated;
    const auto link = find_link(socket_, path->ifindex);
    if (!link) return link.error();
    path->interface = link->name;
    return path;
}

}  // namespace xdpmirror
