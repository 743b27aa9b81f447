// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Addresses, ports, VNIs and protocols that mean something to a profile, so that random frames come
// far: mostly those of a source and a rule, sometimes their neighbours, sometimes anything.
#pragma once

#include <cstdint>
#include <vector>

#include "config/config.h"
#include "selftests/fuzzing/dice.h"
#include "selftests/fuzzing/node.h"

namespace xdpmirror::fuzz {

// What a frame is made for.
struct Aim {
    const Source* source = nullptr;
    const Rule* rule = nullptr;
    IpAddress collector;
    Family family = Family::ipv4;  // of the inner packet
};

class Roles {
  public:
    Roles(const Config& config, const reference::Node& node, Dice& dice);

    Aim aim();
    bool has(WayIn way) const;
    std::uint16_t vxlan_port() const { return config_.sources.front().vxlan_port; }
    std::uint16_t geneve_port() const { return config_.sources.front().geneve_port; }

    IpAddress outer_sender(const Aim& aim);
    IpAddress outer_destination(Family family);
    std::uint32_t vni(const Aim& aim);
    IpAddress inner_source(const Aim& aim);
    IpAddress inner_destination(const Aim& aim);
    std::uint16_t port(const Aim& aim);
    std::uint8_t protocol(const Aim& aim);
    IpAddress any(Family family);

  private:
    IpAddress within(const std::vector<Prefix>& prefixes, Family family);
    IpAddress within_both(const std::vector<Prefix>& first, const std::vector<Prefix>& second,
                          Family family);
    static IpAddress mapped(const IpAddress& address);
    IpAddress martian(Family family);

    const Config& config_;
    const reference::Node& node_;
    Dice& dice_;
    std::vector<std::uint16_t> ports_;
};

}  // namespace xdpmirror::fuzz
