// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is true now is looked up whole each time and compared with what the tables say, so that a lost or
// late event costs time, never truth.
#include "loader/daemon/next_hop_keeper.h"

#include <fmt/core.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "loader/next_hop_row.h"
#include "loader/stub.h"
#include "loader/xdp_features.h"
#include "maps/array.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

// XDP sends without the kernel's knowing, so nothing but our questions keeps a neighbour confirmed. One
// unicast ARP or neighbour solicitation each time.
constexpr auto kConfirmEvery = 300ms;
// The neighbour itself has so long to answer, before everybody on the link is asked.
constexpr auto kPatience = 200ms;
constexpr auto kDiscoverEvery = 500ms;
// The kernel asks three times, a second apart, before it says that nobody answers.
constexpr auto kFirstAnswer = 3s;

bool same_row(const xm_next_hop& a, const xm_next_hop& b) {
    return std::memcmp(&a, &b, sizeof(a)) == 0;
}

}  // namespace

bool NextHopKeeper::KeyLess::operator()(const NeighbourKey& a, const NeighbourKey& b) const {
    return std::tie(a.ifindex, a.address.family, a.address.bytes) <
           std::tie(b.ifindex, b.address.family, b.address.bytes);
}

NextHopKeeper::NextHopKeeper(const AttachmentView& view, std::unique_ptr<NetlinkSocket> socket,
                             KernelNeighbours neighbours, Say say)
    : config_(view.profile.config),
      ingress_ifindex_(view.meta.ifindex),
      native_(view.meta.mode == XM_MODE_NATIVE),
      state_(view.interface),
      socket_(std::move(socket)),
      neighbours_(std::move(neighbours)),
      say_(std::move(say)) {
    std::copy(std::begin(view.meta.secret), std::end(view.meta.secret), secret_.begin());
}

Result<NextHopKeeper> NextHopKeeper::make(const AttachmentView& view, Say say) {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    auto asking = std::make_unique<NetlinkSocket>(std::move(*socket));
    auto neighbours = KernelNeighbours::make(*asking);
    if (!neighbours) return neighbours.error();
    NextHopKeeper keeper(view, std::move(asking), std::move(*neighbours), std::move(say));
    if (auto opened = keeper.open(view); !opened) return opened.error();
    return keeper;
}

Result<> NextHopKeeper::open(const AttachmentView& view) {
    const std::pair<const char*, UniqueFd*> maps[] = {{"xm_collectors", &collectors_fd_},
                                                      {"xm_next_hops", &next_hops_fd_},
                                                      {"xm_egress", &egress_fd_}};
    for (const auto& [name, fd] : maps) {
        auto opened = state_.open(name);
        if (!opened) return opened.error();
        *fd = std::move(*opened);
    }
    auto plan = make_plan(config_);
    if (!plan) return plan.error();
    collectors_ = view.collectors;
    rows_ = view.next_hops;
    if (plan->collectors.size() != collectors_.size() || rows_.size() != 2 * collectors_.size())
        return Error{"the tables of " + view.interface +
                     " do not fit its profile; detach it and attach anew"};
    for (std::size_t i = 0; i < collectors_.size(); ++i) {
        const auto& planned = plan->collectors[i];
        const auto& egress = config_.egress[planned.egress];
        const auto used = rows_.at(collectors_[i].next_hop).egress -
                          first_way_row(config_, planned.egress);
        targets_.push_back({.egress = planned.egress,
                            .address = planned.address,
                            .label = planned.label,
                            .failover = Failover(egress.ways.size(), used, egress.failover.hold_down),
                            .routes = std::vector<Route>(egress.ways.size()),
                            .why = std::vector<std::string>(egress.ways.size())});
    }
    for (const auto& egress : config_.egress) ways_.resize(ways_.size() + egress.ways.size());
    for (std::size_t i = 0; i < ways_.size(); ++i) {
        const auto device = array_get<std::uint32_t>(egress_fd_.get(), static_cast<std::uint32_t>(i));
        devices_.push_back(device ? *device : 0);  // none, if the device is gone
    }
    return Ok{};
}

NextHopKeeper::Way NextHopKeeper::look_at(const WayOut& way, std::size_t way_row) {
    Way seen;
    seen.probed = ways_[way_row].probed;
    auto link = find_link(*socket_, way.interface);
    if (!link) {
        seen.why = "there is no such interface";
        return seen;
    }
    seen.link = *std::move(link);
    if (!seen.link->up) {
        seen.why = "it is down";
    } else if (!seen.link->carrier) {
        seen.why = "it has no carrier";
    } else {
        const auto features = xdp_features(seen.link->ifindex);
        auto chosen = choose_path(way, *seen.link, ingress_ifindex_,
                                  features ? *features : std::nullopt);
        if (chosen)
            seen.chosen = *std::move(chosen);
        else
            seen.why = chosen.error().what;
    }
    return seen;
}

// The kernel takes a device that goes out of xm_egress; one that comes has another ifindex, and perhaps
// needs the stub.
void NextHopKeeper::keep_device(const Way& way, std::size_t way_row) {
    const std::uint32_t ifindex = way.link ? way.link->ifindex : 0;
    if (devices_[way_row] == ifindex) return;
    devices_[way_row] = ifindex;
    if (ifindex == 0) return;
    if (native_ && way.why.empty() && way.chosen.path == XM_PATH_REDIRECT) {
        if (auto ready = ensure_redirect_target(*way.link, state_); !ready) {
            devices_[way_row] = 0;  // once more at the next change
            ways_[way_row].why = ready.error().what;
            return;
        }
    }
    if (auto set = map_set(egress_fd_.get(), static_cast<std::uint32_t>(way_row), ifindex); !set) {
        devices_[way_row] = 0;
        say_("cannot name interface '" + way.link->name + "' to the data plane: " + set.error().what);
        return;
    }
    say_(fmt::format("interface '{}' is there again, as ifindex {}", way.link->name, ifindex));
}

void NextHopKeeper::look_up_routes(Target& target) {
    KernelRoutes routes(*socket_);
    const auto first = first_way_row(config_, target.egress);
    for (std::size_t i = 0; i < target.routes.size(); ++i) {
        auto& route = target.routes[i];
        const auto& way = ways_[first + i];
        route = {};
        const auto& choice = config_.egress[target.egress].ways[i].next_hop;
        if (!way.why.empty() || !has_neighbour(way.chosen.path, *way.link) ||
            std::holds_alternative<MacAddress>(choice))
            continue;
        auto via = find_via(routes, *way.link, choice, target.address);
        if (via)
            route.via = *std::move(via);
        else
            route.why = via.error().what;
    }
}

Result<> NextHopKeeper::survey(Time now) {
    std::size_t row = 0;
    for (const auto& egress : config_.egress) {
        for (const auto& way : egress.ways) {
            ways_[row] = look_at(way, row);
            keep_device(ways_[row], row);
            ++row;
        }
    }
    for (auto& target : targets_) look_up_routes(target);
    return refresh(now);
}

// The MAC, or why there is none. A neighbour whose entry is lost or being asked for has the MAC that it
// answered with before, until the kernel says that it has failed.
std::string NextHopKeeper::ask(const NeighbourKey& key, Time now, MacAddress& mac) {
    using State = Neighbour::State;
    auto& asked = asked_[key];
    const auto found = neighbours_.find(key);
    if (!found) return found.error().what;
    const Neighbour known = found->value_or(Neighbour{.key = key});
    const bool is_lost = known.state == State::none || known.state == State::failed;
    const bool is_slow = known.state == State::probe && now - asked.confirmed >= kPatience;
    if (known.state == State::failed) asked.last.reset();
    if ((is_lost || is_slow) && now - asked.discovered >= kDiscoverEvery) {
        asked.discovered = now;
        if (auto done = neighbours_.discover(known); !done) return done.error().what;
    } else if (known.state != State::permanent && known.state != State::noarp && !is_lost &&
               known.state != State::incomplete && known.state != State::probe &&
               now - asked.confirmed >= kConfirmEvery) {
        asked.confirmed = now;
        if (auto done = neighbours_.confirm(known); !done) return done.error().what;
    }
    if (!is_lost && known.mac && is_one_station(*known.mac)) asked.last = known.mac;
    if (asked.first == Time{}) asked.first = now;
    if (asked.last) mac = *asked.last;
    const bool may_answer_yet = known.state != State::failed && now - asked.first < kFirstAnswer;
    if (asked.last || may_answer_yet) return {};
    return "next hop " + key.address.text() + " does not answer";
}

// What is not known yet is as it was, if it is the way in use.
std::string NextHopKeeper::keep_mac(const Target& target, std::size_t way_row, MacAddress& mac) const {
    if (mac != MacAddress{}) return {};
    const auto collector = static_cast<std::size_t>(&target - targets_.data());
    const auto& used = rows_[collectors_[collector].next_hop];
    if (used.egress != way_row || used.ifindex != ways_[way_row].link->ifindex)
        return "its next hop has not answered yet";
    std::copy(std::begin(used.dst_mac), std::end(used.dst_mac), mac.bytes.begin());
    return {};
}

NextHopKeeper::Sight NextHopKeeper::sight(const Target& target, std::size_t way, Time now) {
    const auto& egress = config_.egress[target.egress];
    const auto& wanted = egress.ways[way];
    const auto row = first_way_row(config_, target.egress) + way;
    const auto& device = ways_[row];
    const auto& route = target.routes[way];
    Sight sight{.why = device.why, .row = {}};
    if (!sight.why.empty()) return sight;
    NextHop hop{};
    hop.mtu = route.via ? route.via->mtu : device.link->mtu;
    if (const auto* mac = std::get_if<MacAddress>(&wanted.next_hop)) {
        hop.mac = *mac;
    } else if (has_neighbour(device.chosen.path, *device.link)) {
        if (!route.via)
            sight.why = route.why.empty() ? "no route was looked up yet" : route.why;
        else if (device.chosen.path != XM_PATH_TC)  // there the kernel asks
            sight.why = ask({device.link->ifindex, route.via->address}, now, hop.mac);
        if (sight.why.empty() && device.chosen.path != XM_PATH_TC)
            sight.why = keep_mac(target, row, hop.mac);
    }
    if (sight.why.empty()) sight.why = device.probed;
    sight.row = make_next_hop_row(egress, wanted, *device.link, device.chosen.path, row, hop, secret_);
    return sight;
}

Result<> NextHopKeeper::move(std::size_t collector, const xm_next_hop& row) {
    auto& entry = collectors_[collector];
    if (same_row(rows_[entry.next_hop], row)) return Ok{};
    const std::uint32_t spare = entry.next_hop ^ 1;
    if (auto set = map_set(next_hops_fd_.get(), spare, row); !set) return set;
    rows_[spare] = row;
    xm_collector moved = entry;
    moved.next_hop = spare;
    if (auto set = map_set(collectors_fd_.get(), static_cast<std::uint32_t>(collector), moved); !set)
        return set;
    entry = moved;
    return Ok{};
}

Result<> NextHopKeeper::refresh(Time now) {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        auto& target = targets_[i];
        const auto& egress = config_.egress[target.egress];
        std::vector<Sight> sights;
        std::vector<bool> usable;
        for (std::size_t way = 0; way < egress.ways.size(); ++way) {
            sights.push_back(sight(target, way, now));
            usable.push_back(sights.back().why.empty());
            target.why[way] = sights.back().why;
        }
        const auto before = target.failover.current();
        const auto pin = pinned_.find(egress.name);
        const auto way = target.failover.decide(
            usable, now,
            pin == pinned_.end() ? std::nullopt : std::optional<std::size_t>(pin->second));
        if (usable[way] || (way != before && sights[way].row.ifindex != 0)) {
            if (auto moved = move(i, sights[way].row); !moved)
                return while_doing("move collector " + target.label, moved.error());
        }
        if (way == before) continue;
        ++switches_;
        say_(fmt::format("collector {} moves from '{}' to '{}'{}", target.label,
                         egress.ways[before].interface, egress.ways[way].interface,
                         sights[before].why.empty() ? std::string() : ": " + sights[before].why));
    }
    return Ok{};
}

void NextHopKeeper::set_probed(std::size_t way_row, const std::string& why_not) {
    ways_[way_row].probed = why_not;
}

void NextHopKeeper::pin(const std::string& egress, std::optional<std::size_t> way) {
    if (way)
        pinned_[egress] = *way;
    else
        pinned_.erase(egress);
}

std::vector<NextHopKeeper::WayReport> NextHopKeeper::report() const {
    std::vector<WayReport> report;
    std::size_t row = 0;
    for (std::size_t e = 0; e < config_.egress.size(); ++e) {
        const auto& egress = config_.egress[e];
        for (std::size_t way = 0; way < egress.ways.size(); ++way, ++row) {
            WayReport one{.egress = egress.name,
                          .interface = egress.ways[way].interface,
                          .usable = true,
                          .why = ways_[row].why.empty() ? ways_[row].probed : ways_[row].why,
                          .collectors = 0};
            for (const auto& target : targets_) {
                if (target.egress != e) continue;
                if (target.failover.current() == way) ++one.collectors;
                if (one.why.empty()) one.why = target.why[way];
            }
            one.usable = one.why.empty();
            report.push_back(std::move(one));
        }
    }
    return report;
}

}  // namespace xdpmirror
