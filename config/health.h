// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How the collectors of a pool are asked whether they work: `health` in a profile.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace xdpmirror {

// A connection is taken.
struct TcpCheck {
    std::uint16_t port = 0;

    bool operator==(const TcpCheck&) const = default;
};

struct StatusRange {
    std::uint16_t first = 200;
    std::uint16_t last = 200;

    bool operator==(const StatusRange&) const = default;
};

// GET is answered with one of these status codes.
struct HttpCheck {
    std::uint16_t port = 0;
    std::string path = "/";
    std::string host{};  // of the Host header; empty: address and port of the collector
    std::vector<StatusRange> status = {StatusRange{}};

    bool operator==(const HttpCheck&) const = default;
};

// ICMP echo is answered.
struct IcmpCheck {
    bool operator==(const IcmpCheck&) const = default;
};

// No ICMP error comes back from the port.
struct UdpCheck {
    std::uint16_t port = 0;

    bool operator==(const UdpCheck&) const = default;
};

struct Health {
    std::variant<TcpCheck, HttpCheck, IcmpCheck, UdpCheck> check;
    std::chrono::milliseconds every{2000};    // between two questions to a collector
    std::chrono::milliseconds timeout{1000};  // for the whole answer; at most `every`
    std::uint32_t rise = 2;                   // answers in a row until it is up
    std::uint32_t fall = 3;                   // failures in a row until it is down

    bool operator==(const Health&) const = default;
};

}  // namespace xdpmirror
