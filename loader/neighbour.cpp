// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The kernel's neighbour table, through RTM_GETNEIGH, RTM_NEWNEIGH and the neighbour events.
#include "loader/neighbour.h"

#include <fmt/format.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include <algorithm>

namespace xdpmirror {
namespace {

Neighbour::State state_of(unsigned nud) {
    switch (nud) {
        case NUD_INCOMPLETE:
            return Neighbour::State::incomplete;
        case NUD_REACHABLE:
            return Neighbour::State::reachable;
        case NUD_STALE:
            return Neighbour::State::stale;
        case NUD_DELAY:
            return Neighbour::State::delay;
        case NUD_PROBE:
            return Neighbour::State::probe;
        case NUD_FAILED:
            return Neighbour::State::failed;
        case NUD_NOARP:
            return Neighbour::State::noarp;
        case NUD_PERMANENT:
            return Neighbour::State::permanent;
        default:
            return Neighbour::State::none;
    }
}

ndmsg neighbour_header(const NeighbourKey& key) {
    ndmsg header{};
    header.ndm_family = static_cast<unsigned char>(address_family(key.address));
    header.ndm_ifindex = static_cast<int>(key.ifindex);
    return header;
}

}  // namespace

std::optional<Neighbour> parse_neighbour(const NetlinkMessage& message) {
    const auto* header = message.fixed<ndmsg>();
    const bool gone = message.type() == RTM_DELNEIGH;
    if ((message.type() != RTM_NEWNEIGH && !gone) || header == nullptr) return std::nullopt;
    const Attributes attributes(message, sizeof(*header), NDA_MAX);
    const auto address = attributes.address(NDA_DST);
    if (!address) return std::nullopt;  // a bridge's forwarding entry

    Neighbour neighbour;
    neighbour.key = {static_cast<unsigned>(header->ndm_ifindex), *address};
    neighbour.flags = header->ndm_flags;
    if (gone) return neighbour;
    neighbour.state = state_of(header->ndm_state);
    neighbour.mac = attributes.mac(NDA_LLADDR);
    return neighbour;
}

Result<KernelNeighbours> KernelNeighbours::make(NetlinkSocket& socket) {
    auto events = NetlinkSocket::open(NETLINK_ROUTE);
    if (!events) return events.error();
    const auto subscribed = events->subscribe(RTNLGRP_NEIGH);
    if (!subscribed) return subscribed.error();
    return KernelNeighbours(socket, std::move(*events));
}

Result<std::optional<Neighbour>> KernelNeighbours::find(const NeighbourKey& key) {
    NetlinkRequest request(RTM_GETNEIGH, 0, neighbour_header(key));
    request.put(NDA_DST, key.address);
    const auto answer = socket_.request(request);
    if (!answer) {
        if (answer.error().code.value() == ENOENT) return std::optional<Neighbour>{};
        return while_doing(fmt::format("read neighbour {}", key.address.text()), answer.error());
    }
    for (const auto& message : *answer) {
        if (auto neighbour = parse_neighbour(message)) return neighbour;
    }
    return std::optional<Neighbour>{};
}

Result<> KernelNeighbours::change(const Neighbour& neighbour, std::uint16_t state,
                                  unsigned ndm_flags) {
    ndmsg header = neighbour_header(neighbour.key);
    header.ndm_state = state;
    // A change takes away what it does not repeat: keep that it is a router, or was learned by a
    // control plane.
    const unsigned kept = neighbour.flags & (NTF_ROUTER | NTF_EXT_LEARNED);
    header.ndm_flags = static_cast<unsigned char>(kept | ndm_flags);
    NetlinkRequest request(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, header);
    request.put(NDA_DST, neighbour.key.address);
    const auto answer = socket_.request(request);
    if (answer) return Ok{};
    auto error = while_doing(fmt::format("ask for neighbour {}", neighbour.key.address.text()),
                             answer.error());
    if (error.code.value() == EPERM) error.what += " (needs CAP_NET_ADMIN)";
    return error;
}

Result<> KernelNeighbours::confirm(const Neighbour& neighbour) {
    return change(neighbour, NUD_PROBE, 0);
}

Result<> KernelNeighbours::discover(const Neighbour& neighbour) {
    // Without a state the entry loses its MAC; using it then makes the kernel ask at once.
    if (neighbour.mac) {
        auto forgotten = change(neighbour, NUD_NONE, 0);
        if (!forgotten) return forgotten;
    }
    return change(neighbour, NUD_NONE, NTF_USE);
}

Result<std::chrono::nanoseconds> KernelNeighbours::wait(const NeighbourKey& key,
                                                        std::chrono::nanoseconds time) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + time;
    while (true) {
        const auto left = std::chrono::nanoseconds{deadline - Clock::now()};
        if (left.count() <= 0) return std::chrono::nanoseconds{0};
        const auto ready = events_.wait(left);
        if (!ready) return ready.error();
        if (!*ready) return std::chrono::nanoseconds{0};
        const auto events = events_.receive_events();
        if (!events) return events.error();
        const bool changed =
            events->lost || std::any_of(events->messages.begin(), events->messages.end(),
                                        [&](const NetlinkMessage& message) {
                                            const auto neighbour = parse_neighbour(message);
                                            return neighbour && neighbour->key == key;
                                        });
        if (changed) {
            return std::max(std::chrono::nanoseconds{1},
                            std::chrono::nanoseconds{deadline - Clock::now()});
        }
    }
}

}  // namespace xdpmirror
