// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Choice to next hop: the route names the neighbour, the neighbour table its MAC, and a MAC that
// nobody vouches for is asked for again before it is believed.
#include "loader/next_hop.h"

#include <fmt/format.h>

#include <algorithm>

namespace xdpmirror {
namespace {

using Nanoseconds = std::chrono::nanoseconds;

// The share of the time in which a remembered MAC may still answer for itself, before everybody on
// the link is asked. A neighbour on a LAN answers in far less than a millisecond.
constexpr int kConfirmShare = 4;

std::string seconds(std::chrono::milliseconds time) {
    if (time.count() % 1000 == 0) return fmt::format("{} s", time.count() / 1000);
    return fmt::format("{} ms", time.count());
}

std::string host_prefix(const IpAddress& address) {
    return address.text() + (address.family == Family::ipv4 ? "/32" : "/128");
}

const char* protocol_of(const IpAddress& address) {
    return address.family == Family::ipv4 ? "ARP" : "neighbour discovery";
}

// A bond or a bridge takes the answers that arrive at its ports, so a port never resolves anybody.
std::string port_hint(const LinkInfo& egress) {
    if (egress.master == 0 || egress.master_kind == "vrf") return {};
    return fmt::format(
        "{} is a port of {} '{}', which takes the answers: make {} the egress "
        "interface",
        egress.name, egress.master_kind, egress.master_name, egress.master_name);
}

Result<> check_link(const LinkInfo& egress, bool asks) {
    if (!egress.is_ethernet()) {
        return Error{
            fmt::format("egress interface {} ({}) has no Ethernet addresses; cure: choose "
                        "an Ethernet interface as egress",
                        egress.name, egress.kind.empty() ? "not Ethernet" : egress.kind)};
    }
    if (!egress.up) {
        return Error{fmt::format("egress interface {} is down; cure: ip link set dev {} up",
                                 egress.name, egress.name)};
    }
    if (asks && !egress.carrier) {
        return Error{
            fmt::format("egress interface {} has no carrier, so no next hop can be asked; "
                        "cure: check its cable or its peer, or set next_hop to a MAC",
                        egress.name)};
    }
    return Ok{};
}

Error does_not_answer(const LinkInfo& egress, const IpAddress& address,
                      std::chrono::milliseconds timeout) {
    std::string cure = port_hint(egress);
    if (cure.empty()) cure = "check the address, the VLAN and what filters on the way";
    return Error{
        fmt::format("next hop {} does not answer {} on {} within {}; cure: {}, or set "
                    "next_hop to its MAC",
                    address.text(), protocol_of(address), egress.name, seconds(timeout), cure)};
}

std::optional<MacAddress> believable(const std::optional<Neighbour>& neighbour,
                                     const LinkInfo& egress) {
    if (!neighbour || !neighbour->mac || !is_one_station(*neighbour->mac)) return std::nullopt;
    switch (neighbour->state) {
        case Neighbour::State::permanent:
        case Neighbour::State::reachable:
            return neighbour->mac;
        case Neighbour::State::noarp:
            // On a device without ARP the kernel makes such entries with the device's own MAC.
            return egress.asks_neighbours ? neighbour->mac : std::nullopt;
        default:
            return std::nullopt;
    }
}

// One asking of the neighbour: which question was put last decides what is waited for.
class Enquiry {
  public:
    Enquiry(NeighbourTable& table, const NeighbourKey& key, Nanoseconds budget)
        : table_(table),
          key_(key),
          left_(budget),
          confirm_until_(budget - budget / kConfirmShare) {}

    // The MAC, or nothing when the time ran out.
    Result<std::optional<MacAddress>> run(const LinkInfo& egress) {
        while (true) {
            const auto found = table_.find(key_);
            if (!found) return found.error();
            if (auto mac = believable(*found, egress)) return mac;
            if (left_.count() <= 0) return std::optional<MacAddress>{};
            const auto asked = ask(found->value_or(Neighbour{.key = key_}));
            if (!asked) return asked.error();
            const auto waited = wait();
            if (!waited) return waited.error();
        }
    }

  private:
    enum class Asked { nobody, the_remembered, everybody };

    Result<> ask(const Neighbour& neighbour) {
        using State = Neighbour::State;
        switch (neighbour.state) {
            case State::none:
            case State::failed:
                asked_ = Asked::everybody;
                return table_.discover(neighbour);
            case State::incomplete:  // everybody is being asked
                asked_ = Asked::everybody;
                return Ok{};
            default:
                break;
        }
        if (asked_ == Asked::nobody) {
            asked_ = Asked::the_remembered;
            if (neighbour.state == State::probe) return Ok{};  // it is being asked
            return table_.confirm(neighbour);
        }
        if (asked_ == Asked::the_remembered && left_ <= confirm_until_) {
            asked_ = Asked::everybody;
            return table_.discover(neighbour);
        }
        return Ok{};
    }

    Result<> wait() {
        const bool first_part = asked_ == Asked::the_remembered && left_ > confirm_until_;
        const Nanoseconds reserve = first_part ? confirm_until_ : Nanoseconds{0};
        const auto left = table_.wait(key_, left_ - reserve);
        if (!left) return left.error();
        left_ = reserve + *left;
        return Ok{};
    }

    NeighbourTable& table_;
    NeighbourKey key_;
    Nanoseconds left_;
    Nanoseconds confirm_until_;
    Asked asked_ = Asked::nobody;
};

Result<NextHop> resolve_neighbour(NeighbourTable& neighbours, const LinkInfo& egress,
                                  const Via& chosen, std::chrono::milliseconds timeout,
                                  std::chrono::milliseconds ahead) {
    const IpAddress& via = chosen.address;
    // Without ARP only an entry that somebody made by hand can help, so nothing is waited for.
    const auto budget = egress.asks_neighbours ? timeout : std::chrono::milliseconds{0};
    const auto mac = Enquiry(neighbours, {egress.ifindex, via}, budget).run(egress);
    if (!mac) return mac.error();
    if (*mac) return NextHop{**mac, via, egress.ifindex, chosen.mtu, chosen.from};
    if (egress.asks_neighbours) return does_not_answer(egress, via, timeout + ahead);
    return Error{
        fmt::format("next hop {} cannot be asked for, {} does no {} (NOARP); cure: ip link "
                    "set dev {} arp on, or set next_hop to its MAC",
                    via.text(), egress.name, protocol_of(via), egress.name)};
}

std::string route_cure(const LinkInfo& egress, const IpAddress& collector) {
    if (const auto hint = port_hint(egress); !hint.empty()) return "cure: " + hint;
    return fmt::format(
        "cure: ip route add {} via GATEWAY dev {}, or set next_hop to an address or "
        "a MAC",
        host_prefix(collector), egress.name);
}

std::string refusing_route(const IpAddress& collector, const char* kind) {
    return fmt::format("route to {} is of type {}", collector.text(), kind);
}

// Why no route leaves by the egress, told by where the machine itself would send. `by` is the route
// among those of the egress, `own` the machine's.
Error unusable_route(const LinkInfo& egress, const IpAddress& collector, const Route& by,
                     const Route& own) {
    using Kind = Route::Kind;
    const Kind kind = by.kind == Kind::none ? own.kind : by.kind;
    const std::string cure = "; " + route_cure(egress, collector);
    switch (kind) {
        case Kind::local:
            return Error{
                fmt::format("collector {} is an address of this machine; cure: set the "
                            "collector's own address",
                            collector.text())};
        case Kind::broadcast:
        case Kind::multicast:
            return Error{
                fmt::format("collector {} is a broadcast or multicast address; cure: set "
                            "the address of one collector",
                            collector.text())};
        case Kind::blackhole:
            return Error{refusing_route(collector, "blackhole") + cure};
        case Kind::unreachable:
            return Error{refusing_route(collector, "unreachable") + cure};
        case Kind::prohibit:
            return Error{refusing_route(collector, "prohibit") + cure};
        case Kind::unicast:
            if (own.ifindex != egress.ifindex) {
                return Error{fmt::format("route to {} leaves by {}, not by egress interface {}{}",
                                         collector.text(), own.interface, egress.name, cure)};
            }
            break;
        case Kind::none:
            break;
    }
    return Error{fmt::format("no route to {} by egress interface {}{}", collector.text(),
                             egress.name, cure)};
}

Result<Via> via_route(RouteTable& routes, const LinkInfo& egress, const IpAddress& collector) {
    const auto own = routes.lookup(collector);
    if (!own) return own.error();
    // An address of ours on another interface hides behind a default route of the egress.
    if (own->kind == Route::Kind::local) return unusable_route(egress, collector, *own, *own);
    const auto by = routes.lookup_by(collector, egress.ifindex);
    if (!by) return by.error();
    if (by->kind != Route::Kind::unicast) return unusable_route(egress, collector, *by, *own);
    if (by->encapsulated) {
        return Error{
            fmt::format("route to {} by {} adds an encapsulation, which this version does "
                        "not; {}",
                        collector.text(), egress.name, route_cure(egress, collector))};
    }
    const std::uint32_t mtu = by->mtu != 0 ? std::min(egress.mtu, by->mtu) : egress.mtu;
    return Via{by->gateway.value_or(collector), mtu, NextHop::From::route};
}

Result<Via> via_address(RouteTable& routes, const LinkInfo& egress, const IpAddress& address) {
    const auto own = routes.lookup(address);
    if (!own) return own.error();
    const auto by = routes.lookup_by(address, egress.ifindex);
    if (!by) return by.error();
    if (own->kind == Route::Kind::local || by->kind == Route::Kind::local) {
        return Error{
            fmt::format("next hop {} is an address of this machine; cure: set the "
                        "neighbour's own address",
                        address.text())};
    }
    const bool on_link = by->kind == Route::Kind::unicast && !by->gateway && !by->encapsulated;
    if (!on_link) {
        return Error{fmt::format(
            "next hop {} is not a neighbour on {}: no connected network of {} "
            "holds it; cure: set an address of such a network, its MAC, or ip "
            "route add {} dev {} scope link",
            address.text(), egress.name, egress.name, host_prefix(address), egress.name)};
    }
    return Via{address, egress.mtu, NextHop::From::address};
}

}  // namespace

// A group or empty MAC would be sent to everybody or to nobody.
bool is_one_station(const MacAddress& mac) {
    return (mac.bytes[0] & 1) == 0 && mac != MacAddress{};
}

Result<Via> find_via(RouteTable& routes, const LinkInfo& egress, const NextHopChoice& choice,
                     const IpAddress& collector) {
    if (const auto* address = std::get_if<IpAddress>(&choice))
        return via_address(routes, egress, *address);
    return via_route(routes, egress, collector);
}

Result<NextHop> resolve_next_hop(RouteTable& routes, NeighbourTable& neighbours,
                                 const LinkInfo& egress, const NextHopChoice& choice,
                                 const IpAddress& collector, std::chrono::milliseconds timeout,
                                 std::chrono::milliseconds ahead) {
    const auto* fixed = std::get_if<MacAddress>(&choice);
    const auto usable = check_link(egress, fixed == nullptr);
    if (!usable) return usable.error();
    if (fixed != nullptr) {
        if (!is_one_station(*fixed)) {
            return Error{
                fmt::format("next_hop {} is not the MAC of one station; cure: set a "
                            "unicast MAC",
                            fixed->text())};
        }
        return NextHop{*fixed, std::nullopt, egress.ifindex, egress.mtu, NextHop::From::fixed};
    }
    const auto via = find_via(routes, egress, choice, collector);
    if (!via) return via.error();
    return resolve_neighbour(neighbours, egress, *via, timeout, ahead);
}

}  // namespace xdpmirror
