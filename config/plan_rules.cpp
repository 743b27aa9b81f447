// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Rules to hash rows. Rules are taken in order, so a shape's first rule has its best rank, shapes
// come out sorted by it, and the first rule with a key is the one that wins.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "config/plan_parts.h"
#include "config/port_classes.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kPorts = 65536;

// What differs between the families: the types and where they stand in the plan.
struct Ipv4 {
    using Key = xm_rule_key4;
    using Shape = xm_shape4;
    static constexpr Family kFamily = Family::ipv4;
    static constexpr const char* kShapes = "distinct combinations of matched fields for IPv4";
    static auto& rows(Plan& plan) { return plan.rules4; }
    static Shape* shapes(Plan& plan) { return plan.config.shape4; }
    static std::uint32_t& shape_count(Plan& plan) { return plan.config.shape4_count; }
};

struct Ipv6 {
    using Key = xm_rule_key6;
    using Shape = xm_shape6;
    static constexpr Family kFamily = Family::ipv6;
    static constexpr const char* kShapes = "distinct combinations of matched fields for IPv6";
    static auto& rows(Plan& plan) { return plan.rules6; }
    static Shape* shapes(Plan& plan) { return plan.config.shape6; }
    static std::uint32_t& shape_count(Plan& plan) { return plan.config.shape6_count; }
};

// Keys and shapes have no padding that is not zero, so their bytes are their identity.
template <class T>
struct BytesHash {
    std::size_t operator()(const T& value) const {
        return std::hash<std::string_view>{}(
            std::string_view(reinterpret_cast<const char*>(&value), sizeof(value)));
    }
};

template <class T>
struct BytesEqual {
    bool operator()(const T& a, const T& b) const { return std::memcmp(&a, &b, sizeof(a)) == 0; }
};

template <class Field>
void write_mask(Field& field, Family family, const std::optional<Prefix>& prefix) {
    IpAddress ones{family, {}};

    ones.bytes.fill(0xff);
    const Prefix mask = Prefix::of(ones, prefix ? prefix->length : std::uint8_t{0});
    std::memcpy(&field, mask.address.bytes.data(), sizeof(field));
}

template <class Field>
void write_address(Field& field, const std::optional<Prefix>& prefix) {
    if (prefix) {
        std::memcpy(&field, prefix->address.bytes.data(), sizeof(field));
    }
}

bool is_range(const Rule& rule) {
    return rule.match.port && rule.match.port->first != rule.match.port->last;
}

std::uint8_t port_kind(const Rule& rule) {
    if (!rule.match.port) {
        return XM_PORT_ANY;
    }
    return is_range(rule) ? XM_PORT_CLASS : XM_PORT_EXACT;
}

// A rule without prefixes is of both families.
bool is_of_family(const Rule& rule, Family family) {
    const auto fits = [family](const std::optional<Prefix>& prefix) {
        return !prefix || prefix->address.family == family;
    };

    return fits(rule.match.from) && fits(rule.match.to);
}

template <class F>
class FamilyRules {
  public:
    FamilyRules(const PortClasses& classes, Plan& plan) : classes_(classes), plan_(plan) {}

    Result<Ok> add(const Rule& rule, const xm_rule& row) {
        auto shape = shape_of(rule, row.rank);
        if (!shape) {
            return shape.error();
        }
        typename F::Key key{};
        write_address(key.from, rule.match.from);
        write_address(key.to, rule.match.to);
        key.vni = rule.match.vni.value_or(0);
        key.protocol = rule.match.protocol.value_or(std::uint8_t{0});
        key.shape = *shape;
        return is_range(rule) ? add_classes(rule, key, row) : add_port(rule, key, row);
    }

  private:
    using Shape = typename F::Shape;
    using Key = typename F::Key;

    Result<std::uint8_t> shape_of(const Rule& rule, std::uint32_t rank) {
        Shape shape{};

        write_mask(shape.from_mask, F::kFamily, rule.match.from);
        write_mask(shape.to_mask, F::kFamily, rule.match.to);
        shape.vni_mask = rule.match.vni ? 0xffffffff : 0;
        shape.protocol_mask = rule.match.protocol ? 0xff : 0;
        shape.port_kind = port_kind(rule);
        const auto [known, is_new] =
            shapes_.emplace(shape, static_cast<std::uint8_t>(F::shape_count(plan_)));
        if (is_new) {
            if (auto done = check_limit(rule.position, shapes_.size(), XM_MAX_SHAPES, F::kShapes,
                                        "use the same prefix lengths in more rules");
                !done) {
                return done.error();
            }
            shape.best_rank = rank;
            F::shapes(plan_)[F::shape_count(plan_)++] = shape;
        }
        return known->second;
    }

    Result<Ok> add_port(const Rule& rule, Key key, const xm_rule& row) {
        key.port = rule.match.port ? rule.match.port->first : std::uint16_t{0};
        return add_row(rule, key, row);
    }

    Result<Ok> add_classes(const Rule& rule, Key key, const xm_rule& row) {
        const std::uint32_t last = classes_.of(rule.match.port->last);

        for (std::uint32_t id = classes_.of(rule.match.port->first); id <= last; id++) {
            key.port = static_cast<std::uint16_t>(id);
            if (auto done = add_row(rule, key, row); !done) {
                return done;
            }
        }
        return Ok{};
    }

    Result<Ok> add_row(const Rule& rule, const Key& key, const xm_rule& row) {
        if (!keys_.insert(key).second) {
            return Ok{};  // an earlier rule has this key
        }
        F::rows(plan_).emplace_back(key, row);
        return check_limit(rule.position, F::rows(plan_).size(), XM_MAX_RULE_ROWS,
                           "rule rows, which overlapping port ranges multiply",
                           "use fewer or disjoint port ranges");
    }

    const PortClasses& classes_;
    Plan& plan_;
    std::unordered_map<Shape, std::uint8_t, BytesHash<Shape>, BytesEqual<Shape>> shapes_;
    std::unordered_set<Key, BytesHash<Key>, BytesEqual<Key>> keys_;
};

std::vector<PortRange> ranges_of(const Config& config) {
    std::vector<PortRange> ranges;

    for (const Rule& rule : config.rules) {
        if (is_range(rule)) {
            ranges.push_back(*rule.match.port);
        }
    }
    return ranges;
}

Result<Ok> plan_port_classes(const Config& config, const PortClasses& classes, Plan& plan) {
    if (classes.count() == 0) {
        return Ok{};
    }
    plan.config.features |= XM_FEATURE_PORT_RANGES;
    plan.port_classes.resize(kPorts);
    for (std::size_t port = 0; port < kPorts; port++) {
        plan.port_classes[port].class_id = classes.of(static_cast<std::uint16_t>(port));
    }
    const auto last_range =
        std::ranges::find_if(config.rules.rbegin(), config.rules.rend(), is_range);
    return check_limit(last_range->position, classes.count(), XM_MAX_PORT_CLASSES,
                       "pieces of port ranges with distinct borders",
                       "use the same ranges in more rules");
}

bool learns_templates(const Config& config, const Rule& rule) {
    const auto wants = [&config](const Send& send) {
        const auto pool = std::ranges::find(config.pools, send.pool, &Pool::name);
        return pool != config.pools.end() && pool->templates != Templates::off;
    };
    return rule.match.protocol.value_or(IPPROTO_UDP) == IPPROTO_UDP &&
           std::ranges::any_of(sends_of(rule), wants);
}

using PoolRows = std::unordered_map<std::string, std::uint32_t>;

xm_copies copies_of(const Rule& rule, const PoolRows& pools) {
    xm_copies copies{};

    for (const Send& send : sends_of(rule)) {
        const auto pool = pools.find(send.pool);
        copies.send[copies.count++] = {.pool = pool == pools.end() ? XM_NO_ROW : pool->second,
                                       .udp_port = htons(send.port.value_or(0)),
                                       .pad = {}};
    }
    return copies;
}

// The rows of xm_copies, one for each rule.
void plan_copies(const Config& config, const PoolRows& pools, Plan& plan) {
    const auto has_copies = [](const Rule& rule) { return !rule.copies.empty(); };

    if (std::ranges::none_of(config.rules, has_copies)) {
        return;
    }
    plan.config.features |= XM_FEATURE_COPIES;
    for (const Rule& rule : config.rules) {
        plan.copies.push_back(copies_of(rule, pools));
    }
}

std::uint8_t flags_of(const Config& config, const Rule& rule) {
    return static_cast<std::uint8_t>((learns_templates(config, rule) ? XM_RULE_TEMPLATES : 0) |
                                     (rule.copies.empty() ? 0 : XM_RULE_COPIES));
}

}  // namespace

Result<Ok> plan_rules(const Config& config, Plan& plan) {
    PoolRows pools;
    const PortClasses classes(ranges_of(config));
    FamilyRules<Ipv4> ipv4(classes, plan);
    FamilyRules<Ipv6> ipv6(classes, plan);

    for (std::uint32_t i = 0; i < config.pools.size(); i++) {
        pools.emplace(config.pools[i].name, i);
    }
    if (auto done = plan_port_classes(config, classes, plan); !done) {
        return done;
    }
    for (std::uint32_t i = 0; i < config.rules.size(); i++) {
        const Rule& rule = config.rules[i];
        const auto pool = pools.find(rule.pool);
        if (rule.match.protocol != IPPROTO_UDP) {
            plan.config.features |= XM_FEATURE_PROTOCOLS;
        }
        const xm_rule row{.rank = i,
                          .book = i,
                          .pool = pool == pools.end() ? XM_NO_ROW : pool->second,
                          // of several sends each has its own
                          .udp_port = htons(rule.copies.empty() ? rule.port.value_or(0) : 0),
                          .flags = flags_of(config, rule),
                          .pad = 0};
        if (row.flags & XM_RULE_TEMPLATES) {
            plan.config.features |= XM_FEATURE_TEMPLATES;
        }
        if (is_of_family(rule, Family::ipv4)) {
            if (auto done = ipv4.add(rule, row); !done) {
                return done;
            }
        }
        if (is_of_family(rule, Family::ipv6)) {
            if (auto done = ipv6.add(rule, row); !done) {
                return done;
            }
        }
    }
    plan_copies(config, pools, plan);
    return Ok{};
}

}  // namespace xdpmirror
