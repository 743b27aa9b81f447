// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Slots are ranges of a hash's upper half, so two tables of any sizes can be laid side by side
// exactly.
#include "config/moved_share.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>

#include "config/balancer.h"
#include "maps/flow_hash.h"

namespace xdpmirror {
namespace {

constexpr std::uint64_t kHashes = std::uint64_t{1} << 32;  // values of a hash's upper half

// Who takes which part of the hashes of one pool. No address: nobody.
class Spread {
  public:
    using Taker = std::optional<IpAddress>;

    Spread(const Pool& pool, std::vector<bool> usable) : balance_(pool.balance) {
        std::vector<PoolMember> members;
        for (const Collector& collector : pool.collectors) {
            members.push_back({.address = collector.address,
                               .port = 0,
                               .weight = static_cast<std::uint16_t>(collector.weight)});
            collectors_.push_back(collector.address);
        }
        if (members.size() == 1) {  // has no slots, and takes everything
            table_.push_back(0);
        } else if (auto maglev = Maglev::of(members, pool_slots(members.size()))) {
            table_ = maglev->table(usable);
        }
    }

    Balance balance() const { return balance_; }
    std::uint64_t slots() const { return std::max<std::size_t>(table_.size(), 1); }
    Taker taker(std::size_t slot) const {
        return slot < table_.size() ? Taker(collectors_[table_[slot]]) : Taker();
    }
    // The first hash behind a slot.
    std::uint64_t end_of(std::uint64_t slot) const {
        return ((slot + 1) * kHashes + slots() - 1) / slots();
    }

    Taker taker_of(const KnownExporter& exporter) const {
        std::array<std::uint32_t, 4> words{};
        const auto family = static_cast<std::uint64_t>(exporter.from.family);
        std::memcpy(words.data(), exporter.from.bytes.data(), sizeof(words));
        const auto hash = balance_ == Balance::exporter_port
                              ? xm_flow_by_exporter_port(family, words.data(), exporter.from_port)
                              : xm_flow_by_exporter(family, words.data());
        return taker(xm_flow_slot(hash, static_cast<std::uint32_t>(slots())));
    }

    std::map<Taker, double> shares() const {
        std::map<Taker, double> shares;
        for (std::size_t slot = 0; slot < slots(); slot++) {
            shares[taker(slot)] += 1.0 / static_cast<double>(slots());
        }
        return shares;
    }

  private:
    Balance balance_;
    std::vector<IpAddress> collectors_;
    SlotTable table_;
};

double exact_share(const Spread& before, const Spread& after) {
    std::uint64_t moved = 0, begin = 0;

    for (std::uint64_t one = 0, other = 0; begin < kHashes;) {
        const auto end = std::min(before.end_of(one), after.end_of(other));
        if (before.taker(one) != after.taker(other)) {
            moved += end - begin;
        }
        one += before.end_of(one) == end ? 1U : 0U;
        other += after.end_of(other) == end ? 1U : 0U;
        begin = end;
    }
    return static_cast<double>(moved) / static_cast<double>(kHashes);
}

// Of two spreads that know nothing of each other.
double expected_share(const Spread& before, const Spread& after) {
    const auto now = after.shares();
    double staying = 0;

    for (const auto& [taker, share] : before.shares()) {
        const auto same = now.find(taker);
        staying += same == now.end() ? 0 : share * same->second;
    }
    return 1 - staying;
}

// By name.
std::map<std::string, Spread> spreads_of(const BalanceState& state) {
    std::map<std::string, Spread> spreads;
    std::size_t row = 0;

    for (const Pool& pool : state.config.pools) {
        std::vector<bool> usable;
        for (std::size_t i = 0; i < pool.collectors.size(); i++, row++) {
            usable.push_back(row >= state.unused.size() || !state.unused[row]);
        }
        spreads.emplace(pool.name, Spread(pool, std::move(usable)));
    }
    return spreads;
}

void count_known(const Spread& before, const Spread& after, const std::vector<KnownExporter>& known,
                 MovedShare& moved) {
    // A flow's hash takes more than is known of an exporter.
    if (before.balance() == Balance::flow || after.balance() == Balance::flow) {
        return;
    }
    const bool by_port =
        before.balance() == Balance::exporter_port || after.balance() == Balance::exporter_port;
    std::set<KnownExporter> counted;
    for (KnownExporter exporter : known) {
        exporter.from_port = by_port ? exporter.from_port : std::uint16_t{0};
        if (exporter.pool == moved.pool && counted.insert(exporter).second) {
            moved.moving += before.taker_of(exporter) != after.taker_of(exporter) ? 1U : 0U;
        }
    }
    moved.known = counted.size();
}

}  // namespace

std::vector<MovedShare> moved_shares(const BalanceState& before, const BalanceState& after,
                                     const std::vector<KnownExporter>& known) {
    const auto was = spreads_of(before), is = spreads_of(after);
    std::vector<MovedShare> moved;

    for (const Pool& pool : after.config.pools) {
        const auto one = was.find(pool.name), other = is.find(pool.name);
        if (one == was.end()) {
            continue;
        }
        MovedShare share{.pool = pool.name};
        // Where one taker has everything the hash does not matter.
        const bool is_alone = one->second.slots() == 1 || other->second.slots() == 1;
        share.is_exact = is_alone || one->second.balance() == other->second.balance();
        share.share = share.is_exact ? exact_share(one->second, other->second)
                                     : expected_share(one->second, other->second);
        count_known(one->second, other->second, known, share);
        moved.push_back(share);
    }
    return moved;
}

}  // namespace xdpmirror
