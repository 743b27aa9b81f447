// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a load balancer must know before it sends packets here, and where it may ask: `ready` in a
// profile.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "config/listen_address.h"

namespace xdpmirror {

// What a node that is ready has, in the order in which one hangs on the other.
enum class Need : std::uint8_t { attached, egress, next_hop, collectors };
constexpr std::array kNeeds = {Need::attached, Need::egress, Need::next_hop, Need::collectors};

// As the profile says it.
const char* need_name(Need need);

struct Ready {
    std::vector<ListenAddress> http{};  // /readyz and /healthz; empty: nobody is answered
    std::vector<ListenAddress> tcp{};   // take connections while the node is ready
    std::vector<Need> needs{kNeeds.begin(), kNeeds.end()};
    std::vector<std::string> pools{};  // that count, each with its egress; empty: all

    bool needs_that(Need need) const;
    bool counts(const std::string& pool) const;
    bool operator==(const Ready&) const = default;
};

}  // namespace xdpmirror
