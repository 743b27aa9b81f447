// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Random frames over all shapes of docs/packets.md, made for a profile and a machine: the same seed
// gives the same frames. Fragments of one datagram come a few frames after each other.
#pragma once

#include <cstdint>
#include <deque>

#include "config/config.h"
#include "selftests/fuzzing/datagrams.h"
#include "selftests/fuzzing/dice.h"
#include "selftests/fuzzing/frame.h"
#include "selftests/fuzzing/node.h"
#include "selftests/fuzzing/roles.h"

namespace xdpmirror::fuzz {

// What the kernel's test-run takes, in one buffer unless it is told otherwise.
constexpr std::size_t kSmallestFrame = 14;
constexpr std::size_t kLargestFrame = 3400;

class Frames {
  public:
    // `damage_percent` of the frames are mutated. The configuration must outlive this.
    Frames(std::uint64_t seed, const Config& config, const reference::Node& node,
           std::uint32_t damage_percent = 25);

    Frame next();

  private:
    // Where the packets of a datagram go through.
    struct Path {
        WayIn way = WayIn::vxlan;
        IpAddress sender;
        IpAddress destination;
        std::uint32_t vni = 0;
    };

    void make_story();
    void make_stray();
    Path path(const Aim& aim);
    Bytes wrap(const Path& path, const Bytes& packet);
    Bytes framed(const Bytes& packet);
    Bytes vxlan_packet(const Path& path, const Bytes& inner);
    Bytes geneve_payload(const Bytes& mirror);
    Bytes udp(const IpAddress& from, const IpAddress& to, std::uint16_t port, View payload);
    std::uint16_t type_of(const Bytes& packet);
    std::vector<std::uint16_t> tags();

    Dice dice_;
    Faults faults_;
    Roles roles_;
    Datagrams datagrams_;
    std::uint32_t damage_percent_;
    std::deque<Bytes> waiting_;
    Bytes last_;
};

}  // namespace xdpmirror::fuzz
