// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Checks over the whole profile; each is linear in the size of it.
#include "config/check.h"

#include <map>
#include <tuple>
#include <unordered_map>

#include "config/messages.h"
#include "config/read.h"
#include "config/suggest.h"

namespace xdpmirror {
namespace {

template <class T>
std::unordered_map<std::string, const T*> by_name(const std::vector<T>& things) {
    std::unordered_map<std::string, const T*> index;

    for (const T& thing : things) {
        index.emplace(thing.name, &thing);
    }
    return index;
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& things) {
    std::vector<std::string> names;

    for (const T& thing : things) {
        names.push_back(thing.name);
    }
    return names;
}

// Keys of mappings are unique already; entries of lists carry their name inside.
template <class T>
Result<Ok> check_unique_names(const std::vector<T>& things, const Node& list,
                              const std::string& noun) {
    std::unordered_map<std::string, std::size_t> seen;

    for (std::size_t i = 0; i < things.size(); i++) {
        const auto [first, is_new] = seen.emplace(things[i].name, i);
        if (!is_new) {
            return error_at<Message::kDuplicateName>(
                list.items[i].find("name")->place, things[i].name,
                fmt::format("{}[{}]", noun, first->second),
                list.items[first->second].find("name")->place.position().text());
        }
    }
    return Ok{};
}

// Sources of one way in, by index, and where each says its port or at least its way.
std::vector<std::size_t> sources_of(const Config& config, WayIn way) {
    std::vector<std::size_t> found;

    for (std::size_t i = 0; i < config.sources.size(); i++) {
        if (config.sources[i].way == way) {
            found.push_back(i);
        }
    }
    return found;
}

const Place& port_place(const Node& sources, std::size_t i, const char* way) {
    const Node& node = *sources.items[i].find(way);
    const Node* port = node.find("port");

    return port ? port->place : node.place;
}

// The data plane looks for one port of each kind.
template <Message M>
Result<Ok> check_same_port(const Config& config, const Node& sources, WayIn way, const char* key,
                           std::uint16_t Source::*port) {
    const auto found = sources_of(config, way);

    for (std::size_t i : found) {
        const std::size_t first = found.front();
        if (config.sources[i].*port != config.sources[first].*port) {
            return error_at<M>(port_place(sources, i, key), config.sources[i].*port,
                               config.sources[first].*port,
                               port_place(sources, first, key).position().text());
        }
    }
    return Ok{};
}

Result<Ok> check_tunnel_ports(const Config& config, const Node& sources) {
    if (auto done = check_same_port<Message::kVxlanPorts>(config, sources, WayIn::vxlan, "vxlan",
                                                          &Source::vxlan_port);
        !done) {
        return done;
    }
    if (auto done = check_same_port<Message::kGenevePorts>(config, sources, WayIn::geneve, "geneve",
                                                           &Source::geneve_port);
        !done) {
        return done;
    }
    // Without a VXLAN source it is the port inside.
    const auto geneve = sources_of(config, WayIn::geneve);
    if (!geneve.empty() &&
        config.sources[geneve.front()].geneve_port == config.sources[geneve.front()].vxlan_port) {
        return error_at<Message::kSamePorts>(port_place(sources, geneve.front(), "geneve"),
                                             config.sources[geneve.front()].geneve_port);
    }
    return Ok{};
}

// A packet without a VNI of its own: two such sources of one way meet in the same row.
std::string vni_text(const Source& source) {
    return source.vni ? std::to_string(*source.vni) : "left out";
}

Result<Ok> check_senders(const Config& config, const Node& sources) {
    std::map<std::tuple<WayIn, std::optional<std::uint32_t>, Prefix>, std::size_t> owners;
    const auto place = [&sources](std::size_t source, std::size_t sender) {
        const Node* from = sources.items[source].find("from");
        return from ? from->items[sender].place : sources.items[source].place;
    };

    for (std::size_t i = 0; i < config.sources.size(); i++) {
        const Source& source = config.sources[i];
        if (source.way == WayIn::plain) {
            continue;  // each has senders of its own
        }
        for (std::size_t j = 0; j < source.from.size(); j++) {
            const auto [owner, is_new] =
                owners.emplace(std::tuple(source.way, source.vni, source.from[j]), i);
            if (!is_new) {
                const Source& other = config.sources[owner->second];
                return error_at<Message::kDuplicateSender>(place(i, j), source.from[j].text(),
                                                           vni_text(source), other.name,
                                                           other.position.text());
            }
        }
    }
    return Ok{};
}

Result<Ok> check_plain(const Config& config, const Node& sources) {
    std::map<Prefix, std::size_t> owners;

    for (std::size_t i : sources_of(config, WayIn::plain)) {
        const Source& source = config.sources[i];
        const Node& to = *sources.items[i].find("plain")->find("to");
        for (std::size_t j = 0; j < source.to.size(); j++) {
            const auto [owner, is_new] = owners.emplace(source.to[j], i);
            if (!is_new) {
                const Source& other = config.sources[owner->second];
                return error_at<Message::kDuplicatePlain>(
                    to.kind == NodeKind::list ? to.items[j].place : to.place, source.to[j].text(),
                    other.name, other.position.text());
            }
        }
    }
    return Ok{};
}

Result<Ok> check_pools_of_rules(const Config& config, const Node& rules) {
    const auto pools = by_name(config.pools);

    for (std::size_t i = 0; i < config.rules.size(); i++) {
        const Node& node = *rules.items[i].find("send");
        const bool is_list = node.kind == NodeKind::list;
        const auto sends = sends_of(config.rules[i]);
        for (std::size_t j = 0; j < sends.size(); j++) {
            const auto path = fmt::format("rules[{}].send{}", i, is_list ? fmt::format("[{}]", j) : "");
            if (!pools.contains(sends[j].pool)) {
                return error_at<Message::kUnknownPool>(
                    (is_list ? node.items[j] : node).find("to")->place, sends[j].pool, path + ".to",
                    did_you_mean(sends[j].pool, names_of(config.pools), "known pools"));
            }
        }
    }
    return Ok{};
}

// Every copy of a packet goes somewhere else, and finds its collector by what it still shows.
Result<Ok> check_copies(const Config& config, const Node& rules) {
    const auto pools = by_name(config.pools);

    for (std::size_t i = 0; i < config.rules.size(); i++) {
        const auto sends = sends_of(config.rules[i]);
        std::map<std::pair<IpAddress, std::optional<std::uint16_t>>, std::size_t> seen;
        for (std::size_t j = 0; j < sends.size() && sends.size() > 1; j++) {
            const Pool& pool = *pools.at(sends[j].pool);
            const Node& node = *rules.items[i].find("send")->items[j].find("to");
            const auto path = fmt::format("rules[{}].send[{}]", i, j);
            if (pool.balance != Balance::exporter) {
                return error_at<Message::kCopyBalance>(node.place, path, pool.name,
                                                       balance_name(pool.balance));
            }
            for (const Collector& collector : pool.collectors) {
                const auto [before, is_new] = seen.emplace(std::pair(collector.address, sends[j].port), j);
                if (!is_new) {
                    return error_at<Message::kCopyTwice>(node.place, path, collector.address.text(),
                                                         fmt::format("rules[{}].send[{}]", i, before->second));
                }
            }
        }
    }
    return Ok{};
}

Result<Ok> check_next_hop(const Pool& pool, const Egress& egress, const Node& egresses) {
    const auto nodes = nodes_of_ways(*egresses.find(egress.name));

    for (std::size_t i = 0; i < egress.ways.size(); i++) {
        const auto* hop = std::get_if<IpAddress>(&egress.ways[i].next_hop);
        for (const Collector& collector : pool.collectors) {
            if (hop && hop->family != collector.address.family) {
                return error_at<Message::kNextHopFamily>(
                    nodes[i]->find("next_hop")->place, hop->text(), collector.address.text(),
                    collector.position.text());
            }
        }
    }
    return Ok{};
}

Result<Ok> check_egress_of_pools(const Config& config, const Node& root) {
    const auto egresses = by_name(config.egress);

    for (std::size_t i = 0; i < config.pools.size(); i++) {
        const Pool& pool = config.pools[i];
        const auto egress = egresses.find(pool.via);
        if (egress == egresses.end()) {
            return error_at<Message::kUnknownEgress>(
                root.find("pools")->members[i].value.find("via")->place, pool.via,
                fmt::format("pools.{}.via", pool.name),
                did_you_mean(pool.via, names_of(config.egress), "known egress"));
        }
        if (auto done = check_next_hop(pool, *egress->second, *root.find("egress")); !done) {
            return done;
        }
    }
    return Ok{};
}

}  // namespace

Result<Ok> check_references(const Config& config, const Node& root) {
    const Node& sources = *root.find("sources");
    const Node& rules = *root.find("rules");

    if (auto done = check_unique_names(config.sources, sources, "sources"); !done) {
        return done;
    }
    if (auto done = check_unique_names(config.rules, rules, "rules"); !done) {
        return done;
    }
    if (auto done = check_tunnel_ports(config, sources); !done) {
        return done;
    }
    if (auto done = check_senders(config, sources); !done) {
        return done;
    }
    if (auto done = check_plain(config, sources); !done) {
        return done;
    }
    if (auto done = check_pools_of_rules(config, rules); !done) {
        return done;
    }
    if (auto done = check_copies(config, rules); !done) {
        return done;
    }
    return check_egress_of_pools(config, root);
}

}  // namespace xdpmirror
