// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What first fragments have shown, for the later ones. Time is given, so that it can be made up.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>

#include "selftests/fuzzing/inner.h"

namespace xdpmirror::reference {

using Time = std::chrono::nanoseconds;

class Fragments {
  public:
    struct Shown {
        std::uint8_t protocol = 0;
        std::optional<std::uint16_t> port;
        Time when{};
    };

    // Fragments of one datagram have one origin.
    struct Origin {
        std::size_t source = 0;
        std::optional<std::uint32_t> vni;
        IpAddress sender;  // outermost; none in Geneve, where it is one of several balancers

        auto operator<=>(const Origin&) const = default;
    };

    void remember(const Origin& origin, const Inner& first, Time now);
    // Of the first fragment of the same datagram, if it came within the last 5 seconds.
    std::optional<Shown> recall(const Origin& origin, const Inner& later, Time now) const;
    void forget_all() { shown_.clear(); }

  private:
    // origin, addresses, ID, and for IPv4 the protocol
    using Datagram = std::tuple<Origin, IpAddress, IpAddress, std::uint32_t, std::uint8_t>;
    static Datagram datagram(const Origin& origin, const Inner& inner);
    std::map<Datagram, Shown> shown_;
};

}  // namespace xdpmirror::reference
