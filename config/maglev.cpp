// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/maglev.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <queue>
#include <string>
#include <tuple>
#include <utility>

#include "maps/flow_hash.h"

namespace xdpmirror {
namespace {

constexpr std::uint32_t kFree = XM_NO_ROW;

// Sorted by identity, members are in the same order on every node.
auto identity(const PoolMember& member) {
    return std::tie(member.address, member.port);
}

std::uint64_t hash_of(const PoolMember& member) {
    std::array<__be32, 4> words{};
    static_assert(sizeof(words) == sizeof(member.address.bytes));
    std::memcpy(words.data(), member.address.bytes.data(), sizeof(words));
    return xm_flow_by_exporter_port(static_cast<__u64>(member.address.family), words.data(),
                                    member.port);
}

bool is_prime(std::uint32_t number) {
    if (number < 2) return false;
    for (std::uint32_t by = 2; by <= number / by; by++)
        if (number % by == 0) return false;
    return true;
}

// Whose turn it is: the lowest `when / weight`, among equal ones the first in order.
struct Turn {
    std::uint64_t when;
    std::uint64_t weight;
    std::size_t place;  // in the order of identities
    std::uint32_t member;
    std::uint32_t at;  // slot that it has come to

    // Jefferson's divisors 1, 2, 3, ... keep the most loaded one's load, for its weight, as low as
    // whole slots allow; the first turn comes before all of that, so that everybody with a weight
    // takes part.
    static std::uint64_t when_after(std::uint64_t taken) { return taken == 0 ? 0 : taken + 1; }
};

struct IsLater {
    bool operator()(const Turn& one, const Turn& other) const {
        const auto mine = one.when * other.weight, theirs = other.when * one.weight;
        return mine != theirs ? mine > theirs : one.place > other.place;
    }
};

}  // namespace

std::uint32_t pool_slots(std::size_t members) {
    // Primes: 2^16 + 1 gives each of 128 members 512 slots, 2^19 - 1 each of XM_MAX_COLLECTORS 128.
    return members <= 128 ? 65537 : 524287;
}

Result<Maglev> Maglev::of(std::vector<PoolMember> members, std::uint32_t slots) {
    if (!is_prime(slots))
        return Error{"a pool cannot have " + std::to_string(slots) +
                     " slots: the number must be a prime"};
    std::vector<std::uint32_t> order(members.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t one, std::uint32_t other) {
        return identity(members[one]) < identity(members[other]);
    });
    const auto twice =
        std::adjacent_find(order.begin(), order.end(), [&](std::uint32_t one, std::uint32_t next) {
            return identity(members[one]) == identity(members[next]);
        });
    if (twice != order.end()) {
        const auto& member = members[*twice];
        const std::string port = member.port ? " with port " + std::to_string(member.port) : "";
        return configuration_error("collector " + member.address.text() + port +
                                   " is in the pool twice: remove one, or add their weights");
    }
    return Maglev(std::move(members), std::move(order), slots);
}

Maglev::Maglev(std::vector<PoolMember> members, std::vector<std::uint32_t> order,
               std::uint32_t slots)
    : members_(std::move(members)), order_(std::move(order)) {
    for (const auto& member : members_) {
        const std::uint64_t first = hash_of(member), step = xm_flow_add(first, XM_FLOW_START);
        walks_.push_back({xm_flow_slot(first, slots), 1 + xm_flow_slot(step, slots - 1)});
    }
    home_.assign(slots, kFree);
    deal(home_, std::vector<bool>(members_.size(), true));
}

SlotTable Maglev::table(const std::vector<bool>& usable) const {
    SlotTable table = home_;
    for (auto& member : table)
        if (!usable.at(member)) member = kFree;
    deal(table, usable);
    return table;
}

// Fills the free slots turn by turn: each member takes the first in its order that is free. Turns
// that members have had for the slots they hold count, so shares are those of a table for these
// members alone.
void Maglev::deal(SlotTable& table, const std::vector<bool>& usable) const {
    const auto slots = static_cast<std::uint32_t>(table.size());
    std::vector<std::uint64_t> taken(members_.size(), 0);
    std::size_t free = 0;
    for (const auto member : table) {
        if (member == kFree)
            free++;
        else
            taken[member]++;
    }

    std::vector<Turn> first;
    for (std::size_t place = 0; place < order_.size(); place++) {
        const auto member = order_[place];
        if (!usable.at(member) || members_[member].weight == 0) continue;
        first.push_back({Turn::when_after(taken[member]), members_[member].weight, place, member,
                         walks_[member].first});
    }
    if (first.empty()) {
        table.clear();
        return;
    }
    std::priority_queue<Turn, std::vector<Turn>, IsLater> turns(IsLater{}, std::move(first));
    for (; free > 0; free--) {
        Turn turn = turns.top();
        turns.pop();
        while (table[turn.at] != kFree) {
            turn.at += walks_[turn.member].step;
            if (turn.at >= slots) turn.at -= slots;
        }
        table[turn.at] = turn.member;
        turn.when = Turn::when_after(++taken[turn.member]);
        turns.push(turn);
    }
}

std::vector<SlotChange> changed_slots(std::span<const std::uint32_t> was,
                                      std::span<const std::uint32_t> now) {
    std::vector<SlotChange> changes;
    for (std::uint32_t slot = 0; slot < now.size(); slot++)
        if (was.size() != now.size() || was[slot] != now[slot])
            changes.push_back({slot, now[slot]});
    return changes;
}

}  // namespace xdpmirror
