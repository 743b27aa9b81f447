// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Random IP packets, whole or as the fragments of a datagram, in the order in which they are sent.
#pragma once

#include <cstdint>
#include <vector>

#include "selftests/fuzzing/dice.h"
#include "selftests/fuzzing/layers.h"
#include "selftests/fuzzing/roles.h"

namespace xdpmirror::fuzz {

// How often something is wrong, in a thousand; chosen anew for each frame, so that many frames are
// right in everything.
class Faults {
  public:
    Faults(Dice& dice) : dice_(dice) {}
    void choose() { rate_ = dice_.of({0U, 0U, 0U, 0U, 10U, 40U, 120U}); }
    bool here() { return rate_ != 0 && dice_.below(1000) < rate_; }

  private:
    Dice& dice_;
    std::uint32_t rate_ = 0;
};

class Datagrams {
  public:
    Datagrams(Dice& dice, Roles& roles, Faults& faults)
        : dice_(dice), roles_(roles), faults_(faults) {}

    std::vector<Bytes> make(const Aim& aim);
    // An IP header for a tunnel, with what it may have.
    IpHeader outer(const IpAddress& from, const IpAddress& to);

  private:
    IpHeader header(const Aim& aim);
    void add_options(IpHeader& header);
    void add_extensions(IpHeader& header);
    void spoil(IpHeader& header, std::size_t payload);
    Upper upper_header(const Aim& aim, std::uint8_t protocol);
    std::size_t payload_size();
    void tune(Bytes& segment, const IpHeader& header, const Aim& aim);
    Bytes headers_before_upper(IpHeader& header);
    std::vector<Bytes> fragments(const IpHeader& header, const Bytes& segment);

    Dice& dice_;
    Roles& roles_;
    Faults& faults_;
    std::uint32_t next_id_ = 1;
};

}  // namespace xdpmirror::fuzz
