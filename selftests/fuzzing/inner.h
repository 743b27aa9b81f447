// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// packets.md, section 3: what can be said of a mirrored (or plain) packet from its bytes alone.
// Each step throws Dropped with its reason.
#pragma once

#include <cstdint>
#include <optional>

#include "selftests/fuzzing/answer.h"
#include "selftests/fuzzing/view.h"

namespace xdpmirror::reference {

class Inner {
  public:
    // 3.1 and 3.2; `grant` starts with an Ethernet header.
    explicit Inner(View grant);

    void check_source() const;             // 3.4
    void walk_headers();                   // 3.7
    void check_fragment() const;           // 3.8
    void read_upper(bool others_allowed);  // 3.9

    bool is_ipv4() const { return from.family == Family::ipv4; }
    bool has_options() const { return is_ipv4() && header > 20; }
    bool is_fragment() const { return offset != 0 || more; }
    bool is_first() const { return offset == 0 && more; }
    bool is_later() const { return offset != 0; }
    // The packet is longer than the grant: see 3.3.
    bool is_truncated() const { return length > granted.size(); }
    // The IP packet without what follows it, as far as it is there.
    View packet() const { return is_truncated() ? granted : granted.first(length); }

    std::size_t frame_header = 0;  // bytes before the IP header
    View granted;                  // from the IP header to the end of the grant
    IpAddress from;
    IpAddress to;
    std::size_t length = 0;    // of the IP packet, as it says
    std::size_t header = 0;    // bytes before the upper layer
    std::uint8_t ttl = 0;      // or hop limit
    std::uint32_t id = 0;      // of a fragment
    std::uint16_t offset = 0;  // in units of 8
    bool more = false;
    std::uint8_t protocol = 0;
    std::optional<std::uint16_t> port;  // destination

  private:
    void read_ipv4();
    void read_ipv6();
    void read_fragment_header(View header);
    void read_udp(View upper);
    bool has_fragment_header_ = false;
    std::size_t behind_fragment_ = 0;  // IPv6: where the fragment's own bytes start
};

// Bytes of an upper-layer header that must be there, 0 for protocols that are not looked at.
std::size_t upper_header_bytes(std::uint8_t protocol, Family family);

}  // namespace xdpmirror::reference
