// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a profile has and no packet will ever use.
#include <netinet/in.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "config/coverage.h"
#include "config/messages.h"
#include "config/plan.h"
#include "config/read.h"

namespace xdpmirror {
namespace {

// The VNIs that packets can have.
struct Vnis {
    std::unordered_set<std::uint32_t> named;
    bool has_other = false;  // some source does not name its own: Geneve with any VNI
    bool has_none = false;   // some packets have none: plain input

    bool are_one() const { return named.size() == 1 && !has_other && !has_none; }
    bool can_be(std::uint32_t vni) const { return has_other || named.contains(vni); }
};

constexpr PortRange kEveryPort{0, 65535};

Vnis vnis_of(const Config& config) {
    Vnis vnis;

    for (const Source& source : config.sources) {
        if (source.vni) {
            vnis.named.insert(*source.vni);
        }
        vnis.has_other = vnis.has_other || (!source.vni && source.way == WayIn::geneve);
        vnis.has_none = vnis.has_none || source.way == WayIn::plain;
    }
    return vnis;
}

// Nothing if the rule has a prefix of the other family.
std::optional<Region> region_of(const Match& match, Family family, const Vnis& vnis) {
    const Prefix from = match.from.value_or(Prefix::all(family));
    const Prefix to = match.to.value_or(Prefix::all(family));

    if (from.address.family != family || to.address.family != family) {
        return std::nullopt;
    }
    // With a single VNI, naming it and leaving it out is the same.
    const auto vni = match.vni || !vnis.are_one() ? match.vni : std::optional(*vnis.named.begin());
    return Region{from, to, vni, match.protocol, match.port.value_or(kEveryPort)};
}

class RuleWalk {
  public:
    RuleWalk(const Config& config, std::vector<Warning>& warnings)
        : config_(config), vnis_(vnis_of(config)), warnings_(warnings) {}

    void walk() {
        for (std::size_t i = 0; i < config_.rules.size(); i++) {
            visit(config_.rules[i], i);
        }
    }

  private:
    void visit(const Rule& rule, std::size_t index) {
        if (rule.match.vni && !vnis_.can_be(*rule.match.vni)) {
            warnings_.push_back(
                warning_at<Message::kWarnRuleVni>(rule.position, rule.name, *rule.match.vni));
            return;
        }
        std::vector<Coverage::By> by;
        bool is_covered = true;
        for (auto [family, coverage] : {std::pair{Family::ipv4, &ipv4_}, {Family::ipv6, &ipv6_}}) {
            const auto region = region_of(rule.match, family, vnis_);
            if (!region) {
                continue;
            }
            if (const auto found = coverage->find(*region)) {
                by.push_back(*found);
            } else {
                is_covered = false;
                coverage->add(*region, index);
            }
        }
        if (is_covered) {
            warn_covered(rule, by);
        }
    }

    void warn_covered(const Rule& rule, const std::vector<Coverage::By>& by) {
        const auto first = std::ranges::min_element(by, {}, &Coverage::By::rule);
        const std::string& name = config_.rules[first->rule].name;
        const bool is_alone = std::ranges::all_of(by, [&first](const Coverage::By& other) {
            return other.is_alone && other.rule == first->rule;
        });

        warnings_.push_back(
            is_alone ? warning_at<Message::kWarnCovered>(rule.position, rule.name, name)
                     : warning_at<Message::kWarnCoveredTogether>(rule.position, rule.name, name));
    }

    const Config& config_;
    Vnis vnis_;
    std::vector<Warning>& warnings_;
    Coverage ipv4_;
    Coverage ipv6_;
};

void warn_families(const Config& config, std::vector<Warning>& warnings) {
    std::unordered_map<std::string, const Pool*> pools;

    for (const Pool& pool : config.pools) {
        pools.emplace(pool.name, &pool);
    }
    for (const Rule& rule : config.rules) {
        const auto& prefix = rule.match.from ? rule.match.from : rule.match.to;
        for (const Send& send : sends_of(rule)) {
            const auto pool = pools.find(send.pool);
            if (!prefix || pool == pools.end() || pool->second->collectors.empty()) {
                continue;
            }
            // all of a pool are of one family
            const Family family = prefix->address.family;
            const IpAddress& address = pool->second->collectors.front().address;
            if (address.family != family) {
                warnings.push_back(warning_at<Message::kWarnRuleFamily>(
                    rule.position, rule.name, family_name(family), address.text(),
                    family_name(address.family)));
            }
        }
    }
}

void warn_unserved_sources(const Config& config, std::vector<Warning>& warnings) {
    std::unordered_set<std::uint32_t> served;

    for (const Rule& rule : config.rules) {
        if (!rule.match.vni) {
            return;
        }
        served.insert(*rule.match.vni);
    }
    for (const Source& source : config.sources) {
        if (source.way == WayIn::plain) {
            warnings.push_back(
                warning_at<Message::kWarnPlainUnserved>(source.position, source.name));
        } else if (source.vni && !served.contains(*source.vni)) {
            warnings.push_back(warning_at<Message::kWarnSourceUnserved>(source.position,
                                                                        source.name, *source.vni));
        }
    }
}

// Rules for the port of a tunnel, where no plain packet can have it.
void warn_tunnel_ports(const Config& config, std::vector<Warning>& warnings) {
    std::unordered_set<std::uint16_t> ports;

    for (const Source& source : config.sources) {
        if (source.way == WayIn::plain) {
            return;
        }
        ports.insert(source.vxlan_port);
        if (source.way == WayIn::geneve) {
            ports.insert(source.geneve_port);
        }
    }
    for (const Rule& rule : config.rules) {
        const auto& port = rule.match.port;
        if (rule.match.protocol == IPPROTO_UDP && port && port->first == port->last &&
            ports.contains(port->first)) {
            warnings.push_back(
                warning_at<Message::kWarnRulePort>(rule.position, rule.name, port->first));
        }
    }
}

void warn_unused(const Config& config, std::vector<Warning>& warnings) {
    std::unordered_set<std::string> pools;
    std::unordered_set<std::string> egresses;

    for (const Rule& rule : config.rules) {
        for (const Send& send : sends_of(rule)) {
            pools.insert(send.pool);
        }
    }
    for (const Pool& pool : config.pools) {
        egresses.insert(pool.via);
        if (!pools.contains(pool.name)) {
            warnings.push_back(warning_at<Message::kWarnPoolUnused>(pool.position, pool.name));
        }
    }
    for (const Egress& egress : config.egress) {
        if (!egresses.contains(egress.name)) {
            warnings.push_back(
                warning_at<Message::kWarnEgressUnused>(egress.position, egress.name));
        }
    }
}

}  // namespace

std::vector<Warning> find_unreachable(const Config& config) {
    std::vector<Warning> warnings;

    RuleWalk(config, warnings).walk();
    warn_families(config, warnings);
    warn_unserved_sources(config, warnings);
    warn_tunnel_ports(config, warnings);
    warn_unused(config, warnings);
    return warnings;
}

}  // namespace xdpmirror
