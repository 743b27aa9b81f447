// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Rules are kept by their prefixes and VNI, and with them the ports that they take.
#include "config/coverage.h"

#include <algorithm>
#include <string_view>

namespace xdpmirror {
namespace {

// A profile that needs more cannot be loaded, and pathological ones shall not take long here.
constexpr std::size_t kMostShapes = 256;
constexpr std::size_t kMostRuns = 4096;

void mix(std::size_t& hash, std::size_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 29;
}

std::size_t hash_of(const Prefix& prefix) {
    const auto& bytes = prefix.address.bytes;

    return std::hash<std::string_view>{}(
               std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())) +
           prefix.length;
}

}  // namespace

std::size_t Coverage::KeyHash::operator()(const Key& key) const {
    std::size_t hash = hash_of(key.from);

    mix(hash, hash_of(key.to));
    mix(hash, key.vni ? *key.vni + std::size_t{1} : 0);
    mix(hash, key.protocol ? *key.protocol + std::size_t{1} : 0);
    return hash;
}

std::optional<Coverage::By> Coverage::find(const Region& region) const {
    std::vector<const Ports*> candidates;

    for (const Shape& shape : shapes_) {
        if (shape.from_length > region.from.length || shape.to_length > region.to.length ||
            (shape.has_vni && !region.vni) || (shape.has_protocol && !region.protocol)) {
            continue;
        }
        const auto found =
            ports_.find(Key{.from = Prefix::of(region.from.address, shape.from_length),
                            .to = Prefix::of(region.to.address, shape.to_length),
                            .vni = shape.has_vni ? region.vni : std::nullopt,
                            .protocol = shape.has_protocol ? region.protocol : std::nullopt});
        if (found != ports_.end()) {
            candidates.push_back(&found->second);
        }
    }
    if (!cover_all(candidates, region.ports)) {
        return std::nullopt;
    }
    std::optional<By> by;
    for (const Ports* ports : candidates) {
        for (const auto& [range, rule] : ports->rules) {
            const bool is_alone =
                range.first <= region.ports.first && range.last >= region.ports.last;
            const bool touches =
                range.first <= region.ports.last && range.last >= region.ports.first;
            if (touches &&
                (!by || is_alone > by->is_alone || (is_alone == by->is_alone && rule < by->rule))) {
                by = By{rule, is_alone};
            }
        }
    }
    return by;
}

void Coverage::add(const Region& region, std::size_t rule) {
    const Shape shape{region.from.length, region.to.length, region.vni.has_value(),
                      region.protocol.has_value()};

    if (std::ranges::find(shapes_, shape) == shapes_.end()) {
        if (shapes_.size() == kMostShapes) {
            return;
        }
        shapes_.push_back(shape);
    }
    Ports& ports = ports_[Key{region.from, region.to, region.vni, region.protocol}];
    add_run(ports, region.ports);
    ports.rules.emplace_back(region.ports, rule);
}

void Coverage::add_run(Ports& ports, PortRange range) {
    std::uint32_t first = range.first;
    std::uint32_t last = range.last;
    auto next = ports.runs.upper_bound(last + 1);

    while (next != ports.runs.begin()) {
        const auto run = std::prev(next);
        if (run->second + 1 < first) {
            break;
        }
        first = std::min(first, run->first);
        last = std::max(last, run->second);
        next = ports.runs.erase(run);
    }
    ports.runs.emplace(first, last);
}

std::optional<std::uint32_t> Coverage::end_of_run(const Ports& ports, std::uint32_t port) {
    const auto next = ports.runs.upper_bound(port);

    if (next == ports.runs.begin() || std::prev(next)->second < port) {
        return std::nullopt;
    }
    return std::prev(next)->second;
}

bool Coverage::cover_all(const std::vector<const Ports*>& candidates, PortRange range) {
    std::uint32_t port = range.first;

    for (std::size_t steps = 0; steps < kMostRuns; steps++) {
        std::optional<std::uint32_t> end;
        for (const Ports* ports : candidates) {
            end = std::max(end, end_of_run(*ports, port));
        }
        if (!end) {
            return false;
        }
        if (*end >= range.last) {
            return true;
        }
        port = *end + 1;
    }
    return false;
}

}  // namespace xdpmirror
