// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which packets of one address family earlier rules take already. Exact for one rule that covers
// another, and for port ranges that several covering rules share; it never calls a rule covered
// that is not. Cost follows the number of distinct prefix lengths, not that of rules.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "config/config.h"

namespace xdpmirror {

// A rule's packets of one family, nothing left open.
struct Region {
    Prefix from;
    Prefix to;
    std::optional<std::uint32_t> vni;
    std::optional<std::uint8_t> protocol;
    PortRange ports;
};

class Coverage {
  public:
    struct By {
        std::size_t rule = 0;  // the one, or the first of several
        bool is_alone = false;
    };

    std::optional<By> find(const Region& region) const;

    // `rule` grows from call to call.
    void add(const Region& region, std::size_t rule);

  private:
    // What a look-up depends on: the same lengths make the same kind of key.
    struct Shape {
        std::uint8_t from_length = 0;
        std::uint8_t to_length = 0;
        bool has_vni = false;
        bool has_protocol = false;

        bool operator==(const Shape&) const = default;
    };
    struct Key {
        Prefix from;
        Prefix to;
        std::optional<std::uint32_t> vni;
        std::optional<std::uint8_t> protocol;

        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };
    struct Ports {
        std::map<std::uint32_t, std::uint32_t> runs;  // first to last, disjoint, not adjacent
        std::vector<std::pair<PortRange, std::size_t>> rules;
    };

    static void add_run(Ports& ports, PortRange range);
    static std::optional<std::uint32_t> end_of_run(const Ports& ports, std::uint32_t port);
    static bool cover_all(const std::vector<const Ports*>& candidates, PortRange range);

    std::vector<Shape> shapes_;
    std::unordered_map<Key, Ports, KeyHash> ports_;
};

}  // namespace xdpmirror
