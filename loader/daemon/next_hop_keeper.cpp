// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is true now is looked up whole each time and compared with what the tables say, so that a lost or
// late event costs time, never truth.
#include "loader/daemon/next_hop_keeper.h"

#include <fmt/core.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "loader/forwarded_route.h"
#include "loader/next_hop_row.h"
#include "loader/stub.h"
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
// Devices and routes: after a change at most so often, and without one so often.
constexpr auto kSurveyPause = 50ms;
constexpr auto kSurveyEvery = 5s;

bool same_row(const xm_next_hop& a, const xm_next_hop& b) {
    return std::memcmp(&a, &b, sizeof(a)) == 0;
}

std::string fault_of(const LinkInfo& ingress, std::uint32_t features, std::uint32_t configuration) {
    if (!ingress.carrier) return "ingress '" + ingress.name + "' has no carrier";
    if ((features & (XM_FEATURE_HANDOVER | XM_FEATURE_COPIES)) != 0 && !has_handover(ingress.ifindex, configuration))
        return "the tc program is gone from '" + ingress.name + "', and what it hands over is lost; attach anew";
    return {};
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
      features_(view.meta.features),
      native_(view.meta.mode == XM_MODE_NATIVE),
      state_(view.interface),
      directory_(view.directory),
      socket_(std::move(socket)),
      neighbours_(std::move(neighbours)),
      say_(std::move(say)) {}

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
        auto opened = directory_.open(name);
        if (!opened) return opened.error();
        *fd = std::move(*opened);
    }
    auto plan = make_plan(config_);
    if (!plan) return plan.error();
    collectors_ = view.collectors;
    rows_ = view.next_hops;
    const bool fits = plan->collectors.size() == collectors_.size() &&
                      rows_.size() == 2 * collectors_.size() &&
                      std::all_of(collectors_.begin(), collectors_.end(), [this](const auto& collector) {
                          return collector.next_hop < rows_.size();
                      });
    if (!fits)
        return Error{"the tables of " + view.interface +
                     " do not fit its profile; detach it and attach anew"};
    for (std::size_t i = 0; i < collectors_.size(); ++i) {
        const auto& planned = plan->collectors[i];
        const auto& egress = config_.egress[planned.egress];
        const auto used = rows_[collectors_[i].next_hop].egress - first_way_row(config_, planned.egress);
        targets_.push_back({.egress = planned.egress,
                            .address = planned.address,
                            .label = planned.label,
                            .failover = Failover(egress.ways.size(), used, egress.failover.hold_down),
                            .routes = std::vector<Route>(egress.ways.size()),
                            .why = std::vector<std::string>(egress.ways.size()),
                            .has_next_hop = std::vector<bool>(egress.ways.size())});
    }
    for (std::size_t i = 0; i < config_.egress.size(); ++i) {
        ways_.resize(ways_.size() + config_.egress[i].ways.size());
        families_.push_back(families_of(*plan, i));
    }
    readied_.resize(ways_.size());
    return Ok{};
}

// The kernel takes a device that goes out of xm_egress; one that comes has another ifindex.
Result<> NextHopKeeper::name_device(const Way& way, std::size_t way_row) {
    const auto row = static_cast<std::uint32_t>(way_row);
    const auto named = array_get<std::uint32_t>(egress_fd_.get(), row);
    if (named && *named == way.link.ifindex) return Ok{};
    if (auto set = map_set(egress_fd_.get(), row, way.link.ifindex); !set)
        return while_doing("name interface '" + way.link.name + "' to the data plane", set.error());
    say_(fmt::format("interface '{}' is used as ifindex {}", way.link.name, way.link.ifindex));
    return Ok{};
}

// Why the device takes no redirected frames; empty if it does. One that does not is tried again only now
// and then: putting the stub there is a change of its own, of which we would hear.
std::string NextHopKeeper::ready_target(const Way& way, std::size_t way_row, Time now) {
    if (!native_ || way.chosen.path != XM_PATH_REDIRECT) return {};
    auto& readied = readied_[way_row];
    const bool known = readied.ifindex == way.link.ifindex &&
                       (readied.why.empty() || now - readied.at < kSurveyEvery);
    if (known) return readied.why;
    const auto ready = ensure_redirect_target(way.link, state_);
    readied = {way.link.ifindex, ready ? std::string() : one_line(ready.error()), now};
    return readied.why;
}

Result<> NextHopKeeper::look_at(const LinkInfo& ingress, const Egress& egress, const WayOut& wanted,
                                const std::vector<Family>& families, std::size_t way_row, Time now) {
    auto& way = ways_[way_row];
    auto resolved = resolve_way(*socket_, egress, wanted, ingress, families);
    if (!resolved) {
        way.why = one_line(resolved.error());
        return Ok{};
    }
    way.link = resolved->link;
    way.chosen = resolved->chosen;
    const auto needed = features_of(wanted, *resolved, ingress);
    if ((needed & ~features_) != 0) {
        way.why = fmt::format("it is one for path {} now, which was not attached; detach and attach anew",
                              path_name(way.chosen.path));
        return Ok{};
    }
    way.why = way.link.carrier ? ready_target(way, way_row, now) : "it has no carrier";
    tunnel_peers_.look(way.link, now, say_);
    return name_device(way, way_row);
}

void NextHopKeeper::look_up_routes(Target& target, Time now) {
    KernelRoutes routes(*socket_);
    const auto first = first_way_row(config_, target.egress);
    for (std::size_t i = 0; i < target.routes.size(); ++i) {
        auto& route = target.routes[i];
        const auto& way = ways_[first + i];
        route = {};
        const auto& choice = config_.egress[target.egress].ways[i].next_hop;
        if (!way.why.empty()) continue;
        if (way.chosen.path == XM_PATH_KERNEL) {
            const auto mark = config_.egress[target.egress].ways[i].mark;
            const auto found = routes.lookup_marked(target.address, mark);
            if (!found || found->kind != xdpmirror::Route::Kind::unicast)
                route.why = fmt::format("no route leads to {} with mark {:#x}", target.address.text(), mark);
            continue;
        }
        auto peer = tunnel_peers_.find(way.link, target.address, now);
        route.why = std::move(peer.no_peer);
        route.silent = std::move(peer.silent);
        if (!has_neighbour(way.chosen.path, way.link) || std::holds_alternative<MacAddress>(choice))
            continue;
        auto via = find_via(routes, way.link, choice, target.address);
        if (!via) {
            route.why = one_line(via.error());
            continue;
        }
        route.via = std::move(*via);
        const auto same = require_forwarded_to(routes, way.link, way.chosen.path, target.address,
                                               route.via->address);
        if (!same) {
            route = {};
            route.why = one_line(same.error());
        }
    }
}

Result<> NextHopKeeper::survey(Time now) {
    surveyed_ = now;
    due_ = false;
    auto ingress = find_link(*socket_, ingress_ifindex_);
    if (!ingress) return ingress.error();
    ingress_fault_ = fault_of(*ingress, features_, number_of(directory_));
    std::size_t row = 0;
    for (std::size_t e = 0; e < config_.egress.size(); ++e) {
        for (const auto& wanted : config_.egress[e].ways) {
            if (auto seen = look_at(*ingress, config_.egress[e], wanted, families_[e], row, now); !seen)
                say_(one_line(seen.error()));
            ++row;
        }
    }
    for (auto& target : targets_) look_up_routes(target, now);
    return Ok{};
}

// A busy routing daemon must not keep this one busy.
Result<> NextHopKeeper::network_changed(Time now) {
    due_ = true;
    if (now - surveyed_ >= kSurveyPause) {
        if (auto done = survey(now); !done) return done;
    }
    return refresh(now);
}

// The MAC, or why there is none. A neighbour whose entry is lost or being asked for has the MAC that it
// answered with before, until the kernel says that it has failed.
std::string NextHopKeeper::ask(const NeighbourKey& key, Time now, MacAddress& mac) {
    using State = Neighbour::State;
    auto& asked = asked_[key];
    const auto found = neighbours_.find(key);
    if (!found) return one_line(found.error());
    const Neighbour known = found->value_or(Neighbour{.key = key});
    const bool is_lost = known.state == State::none || known.state == State::failed;
    const bool is_slow = known.state == State::probe && now - asked.confirmed >= kPatience;
    if (known.state == State::failed) asked.last.reset();
    if ((is_lost || is_slow) && now - asked.discovered >= kDiscoverEvery) {
        asked.discovered = now;
        if (auto done = neighbours_.discover(known); !done) return one_line(done.error());
    } else if (known.state != State::permanent && known.state != State::noarp && !is_lost &&
               known.state != State::incomplete && known.state != State::probe &&
               now - asked.confirmed >= kConfirmEvery) {
        asked.confirmed = now;
        if (auto done = neighbours_.confirm(known); !done) return one_line(done.error());
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
    if (used.egress != way_row || used.ifindex != ways_[way_row].link.ifindex)
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
    Sight sight{.why = device.why.empty() ? route.why : device.why, .row = {}};
    if (!sight.why.empty()) return sight;
    NextHop hop{};
    hop.mtu = route.via ? route.via->mtu : device.link.mtu;
    if (const auto* mac = std::get_if<MacAddress>(&wanted.next_hop)) {
        hop.mac = *mac;
    } else if (has_neighbour(device.chosen.path, device.link)) {
        if (!route.via)
            sight.why = "no route was looked up yet";
        else
            sight.why = ask({device.link.ifindex, route.via->address}, now, hop.mac);
        if (sight.why.empty() && device.chosen.path != XM_PATH_TC)
            sight.why = keep_mac(target, row, hop.mac);
    }
    if (!sight.why.empty()) return sight;
    sight.why = device.probed.empty() ? route.silent : device.probed;
    sight.row = make_next_hop_row(egress, wanted, device.link, device.chosen.path, row, hop);
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
    const auto since = now - surveyed_;
    if ((due_ && since >= kSurveyPause) || since >= kSurveyEvery) {
        if (auto done = survey(now); !done) return done;
    }
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        auto& target = targets_[i];
        const auto& egress = config_.egress[target.egress];
        std::vector<Sight> sights;
        std::vector<bool> usable;
        for (std::size_t way = 0; way < egress.ways.size(); ++way) {
            sights.push_back(sight(target, way, now));
            usable.push_back(sights.back().why.empty());
            target.why[way] = sights.back().why;
            target.has_next_hop[way] = sights.back().row.ifindex != 0;
        }
        const auto before = target.failover.current();
        const auto pin = pinned_.find(egress.name);
        // a pin is above order, hold-down and probes, but cannot find a next hop
        const bool can_pin = pin != pinned_.end() && sights[pin->second].row.ifindex != 0;
        const auto way = target.failover.decide(
            usable, now, can_pin ? std::optional<std::size_t>(pin->second) : std::nullopt);
        if (usable[way] || way != before) {
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

std::string NextHopKeeper::no_way(std::size_t collector) const {
    const auto& whys = targets_[collector].why;
    for (const auto& why : whys) {
        if (why.empty()) return {};
    }
    return whys.front();
}

std::vector<WayFacts> NextHopKeeper::ways(std::size_t collector) const {
    const auto& target = targets_[collector];
    const auto& egress = config_.egress[target.egress];
    const auto first = first_way_row(config_, target.egress);
    std::vector<WayFacts> facts;
    for (std::size_t i = 0; i < egress.ways.size(); ++i) {
        const auto& way = ways_[first + i];
        const auto& silent = target.routes[i].silent;
        facts.push_back({.interface = egress.ways[i].interface,
                         .why_down = !way.why.empty() ? way.why : way.probed.empty() ? silent : way.probed,
                         .why_no_next_hop = target.has_next_hop[i] ? std::string() : target.why[i]});
    }
    return facts;
}

const WayOut& NextHopKeeper::way_of(std::size_t collector) const {
    const auto& target = targets_[collector];
    return config_.egress[target.egress].ways[target.failover.current()];
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
                          .collectors = 0,
                          .pinned = false};
            const auto pin = pinned_.find(egress.name);
            one.pinned = pin != pinned_.end() && pin->second == way;
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
