// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which member of a pool takes which slot (docs/balance.md): a pure function of the members and of
// who of them is usable, so that every node decides alike. Knows no map, no clock and no network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "config/address.h"
#include "maps/result.h"

namespace xdpmirror {

struct PoolMember {
    IpAddress address;         // with the port, its identity
    std::uint16_t port = 0;    // 0: the rule says
    std::uint16_t weight = 1;  // share in relation to the others'; 0 takes nothing

    bool operator==(const PoolMember&) const = default;
};

// How many slots a pool gets: by how many members are configured, never by who is usable, since
// another number of slots moves nearly every exporter.
std::uint32_t pool_slots(std::size_t members);

// A member's index for each slot, in the order in which the members were given. Empty: nobody can.
using SlotTable = std::vector<std::uint32_t>;

class Maglev {
  public:
    // `slots` is a prime. An identity that comes twice is refused.
    static Result<Maglev> of(std::vector<PoolMember> members, std::uint32_t slots);

    // When every member is usable.
    const SlotTable& home() const { return home_; }

    // When those are: `usable` has one flag a member. Slots whose member at home is usable keep it,
    // so one that fails moves only what was its own, and gets just that back.
    SlotTable table(const std::vector<bool>& usable) const;

  private:
    // The order in which a member prefers slots: first, and then always `step` further.
    struct Walk {
        std::uint32_t first;
        std::uint32_t step;
    };

    Maglev(std::vector<PoolMember> members, std::vector<std::uint32_t> order, std::uint32_t slots);
    void deal(SlotTable& table, const std::vector<bool>& usable) const;

    std::vector<PoolMember> members_;
    std::vector<std::uint32_t> order_;  // of identities: members' indices
    std::vector<Walk> walks_;
    SlotTable home_;
};

struct SlotChange {
    std::uint32_t slot = 0;
    std::uint32_t member = 0;

    bool operator==(const SlotChange&) const = default;
};

// What is to be written to make `was` into `now`; all of `now` if `was` has another size, nothing
// if `now` is empty: what then happens to packets is not said in the slots.
std::vector<SlotChange> changed_slots(std::span<const std::uint32_t> was,
                                      std::span<const std::uint32_t> now);

}  // namespace xdpmirror
