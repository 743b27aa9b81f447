// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The golden vectors of golden.txt, as values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/address.h"
#include "config/maglev.h"

namespace xdpmirror {

struct GoldenFlow {
    std::string line;
    std::string by;
    IpAddress from, to;
    std::uint16_t from_port = 0, to_port = 0;
    std::uint8_t protocol = 0;
    std::uint64_t hash = 0;
    std::uint32_t slot_of_65537 = 0, slot_of_524287 = 0;
};

struct GoldenPool {
    std::string name;
    std::uint32_t slots = 0;
    std::vector<PoolMember> members;
    std::vector<bool> usable;
    std::uint64_t home = 0, now = 0;    // digests of the tables
    std::vector<std::uint32_t> shares;  // slots of each member now
};

struct Golden {
    std::vector<GoldenFlow> flows;
    std::vector<GoldenPool> pools;
};

// Throws what is wrong with the file.
Golden read_golden(const std::string& path);

}  // namespace xdpmirror
