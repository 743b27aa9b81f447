// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What every table must hold to, over pools made at random from fixed seeds.
#include "config/maglev.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace xdpmirror {
namespace {

constexpr std::uint32_t kSlots = 1021;  // a prime; few, so that rounding shows

PoolMember member(std::uint32_t number, std::uint16_t weight = 1) {
    PoolMember member{.address = {}, .port = 0, .weight = weight};
    for (std::size_t i = 0; i < 4; i++)
        member.address.bytes[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    return member;
}

std::vector<PoolMember> consecutive(std::uint32_t size, std::uint32_t first = 0x0a010001) {
    std::vector<PoolMember> members;
    for (std::uint32_t i = 0; i < size; i++) members.push_back(member(first + i));
    return members;
}

Maglev maglev(const std::vector<PoolMember>& members, std::uint32_t slots = kSlots) {
    auto made = Maglev::of(members, slots);
    EXPECT_TRUE(made);
    return std::move(*made);
}

std::vector<std::uint32_t> shares(const SlotTable& table, std::size_t members) {
    std::vector<std::uint32_t> counts(members);
    for (const auto member : table) counts.at(member)++;
    return counts;
}

std::size_t moved(const SlotTable& was, const SlotTable& now) {
    return changed_slots(was, now).size();
}

struct RandomPool {
    std::vector<PoolMember> members;
    std::vector<bool> usable;
};

// Both families, ports, weights from 0 to `heaviest`, one in four down, and at least one member
// with a weight that is not.
RandomPool random_pool(unsigned seed, unsigned heaviest) {
    std::mt19937 random(seed);
    RandomPool pool;
    const auto size = 1 + random() % 60;
    for (std::uint32_t i = 0; i < size; i++) {
        auto one = member(static_cast<std::uint32_t>(random()) << 8 | i);
        if (random() % 3 == 0) {
            one.address.family = Family::ipv6;
            one.address.bytes[15] = static_cast<std::uint8_t>(random());
        }
        if (random() % 4 == 0) one.port = static_cast<std::uint16_t>(random());
        one.weight = static_cast<std::uint16_t>(random() % (heaviest + 1));
        pool.members.push_back(one);
        pool.usable.push_back(random() % 4 != 0);
    }
    pool.members[0].weight = 1;
    pool.usable[0] = true;
    return pool;
}

constexpr unsigned kPools = 200;
const unsigned kHeaviest[] = {1, 10, 65535};

template <class Check>
void for_many_pools(Check check) {
    for (unsigned seed = 0; seed < kPools; seed++) {
        SCOPED_TRACE(seed);
        check(random_pool(seed, kHeaviest[seed % std::size(kHeaviest)]));
    }
}

TEST(Maglev, EverySlotHasAUsableMemberWithAWeight) {
    for_many_pools([](const RandomPool& pool) {
        const auto pooled = maglev(pool.members);
        ASSERT_EQ(pooled.home().size(), kSlots);
        for (const auto member : pooled.home()) ASSERT_GT(pool.members.at(member).weight, 0);
        const auto table = pooled.table(pool.usable);
        ASSERT_EQ(table.size(), kSlots);
        for (const auto member : table)
            ASSERT_TRUE(pool.usable.at(member) && pool.members[member].weight > 0);
    });
}

TEST(Maglev, OrderOfTheListDoesNotMatter) {
    for_many_pools([](const RandomPool& pool) {
        std::vector<std::size_t> order(pool.members.size());
        for (std::size_t i = 0; i < order.size(); i++) order[i] = i;
        std::shuffle(order.begin(), order.end(), std::mt19937(1));
        RandomPool other;
        for (const auto i : order) {
            other.members.push_back(pool.members[i]);
            other.usable.push_back(pool.usable[i]);
        }
        const auto table = maglev(pool.members).table(pool.usable);
        const auto shuffled = maglev(other.members).table(other.usable);
        for (std::size_t slot = 0; slot < kSlots; slot++)
            ASSERT_EQ(pool.members[table[slot]], other.members[shuffled[slot]]) << slot;
    });
}

// Jefferson's method, which keeps the largest load for a weight least: nobody's last slot would
// leave another less loaded than it is itself. Exempt is a first slot, which everybody has.
void expect_jefferson(const RandomPool& pool, const std::vector<std::uint32_t>& counts) {
    for (std::size_t i = 0; i < counts.size(); i++) {
        if (counts[i] < 2) continue;
        for (std::size_t j = 0; j < counts.size(); j++) {
            if (!pool.usable[j] || pool.members[j].weight == 0) continue;
            ASSERT_LE(std::uint64_t{counts[i]} * pool.members[j].weight,
                      (counts[j] + std::uint64_t{1}) * pool.members[i].weight)
                << i << " has " << counts[i] << ", " << j << " has " << counts[j];
        }
    }
}

TEST(Maglev, SharesFollowTheWeights) {
    for_many_pools([](RandomPool pool) {
        const auto pooled = maglev(pool.members);
        expect_jefferson(pool, shares(pooled.table(pool.usable), pool.members.size()));
        pool.usable.assign(pool.members.size(), true);
        expect_jefferson(pool, shares(pooled.home(), pool.members.size()));
    });
}

TEST(Maglev, EqualMembersDifferByOneSlot) {
    for (const std::uint32_t size : {1U, 2U, 3U, 10U, 100U, 1020U, 1021U, 1022U}) {
        const auto counts = shares(maglev(consecutive(size)).home(), size);
        const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
        EXPECT_LE(*most - *least, 1U) << size;
    }
}

TEST(Maglev, EverybodyWithAWeightHasASlot) {
    const std::vector<PoolMember> members{member(1, 65535), member(2, 1), member(3, 0)};
    EXPECT_EQ(shares(maglev(members).home(), 3), (std::vector<std::uint32_t>{1020, 1, 0}));
}

TEST(Maglev, SharesWithSomeDownAreThoseOfTheOthersAlone) {
    for_many_pools([](const RandomPool& pool) {
        std::vector<PoolMember> up;
        for (std::size_t i = 0; i < pool.members.size(); i++)
            if (pool.usable[i]) up.push_back(pool.members[i]);
        const auto alone = shares(maglev(up).home(), up.size());
        const auto counts = shares(maglev(pool.members).table(pool.usable), pool.members.size());
        for (std::size_t i = 0, j = 0; i < counts.size(); i++)
            ASSERT_EQ(counts[i], pool.usable[i] ? alone[j++] : 0);
    });
}

TEST(Maglev, WhoFailsMovesOnlyItsOwn) {
    for_many_pools([](const RandomPool& pool) {
        const auto pooled = maglev(pool.members);
        const auto counts = shares(pooled.home(), pool.members.size());
        for (std::size_t down = 1; down < pool.members.size(); down++) {
            std::vector<bool> usable(pool.members.size(), true);
            usable[down] = false;
            ASSERT_EQ(moved(pooled.home(), pooled.table(usable)), counts[down]);
        }
    });
}

TEST(Maglev, WhoIsUsableKeepsItsSlotsWhoeverElseIsNot) {
    for_many_pools([](const RandomPool& pool) {
        const auto pooled = maglev(pool.members);
        const auto table = pooled.table(pool.usable);
        for (std::size_t slot = 0; slot < kSlots; slot++)
            if (pool.usable[pooled.home()[slot]]) {
                ASSERT_EQ(table[slot], pooled.home()[slot]);
            }
    });
}

TEST(Maglev, WhenAllAreBackEverythingIs) {
    for_many_pools([](const RandomPool& pool) {
        const auto pooled = maglev(pool.members);
        const std::vector<bool> all(pool.members.size(), true);
        ASSERT_EQ(pooled.table(all), pooled.home());
    });
}

// The new one's share is the least that can move. The rest is Maglev's, a tenth of it with this
// many slots; nothing but the addresses decides, so the figure is the same everywhere.
TEST(Maglev, WhoJoinsMovesLittleMoreThanItsShare) {
    for (const std::uint32_t size : {3U, 10U}) {
        const auto slots = pool_slots(size);
        const auto was = maglev(consecutive(size), slots).home();
        const auto now = maglev(consecutive(size + 1), slots).home();
        const auto least = shares(now, size + 1).back();
        EXPECT_GE(moved(was, now), least) << size;
        EXPECT_LE(moved(was, now), least + least / 10) << size;
    }
}

TEST(Maglev, NobodyUsableIsNoTable) {
    EXPECT_TRUE(maglev({}).home().empty());
    EXPECT_TRUE(maglev({}).table({}).empty());
    EXPECT_TRUE(maglev({member(1, 0), member(2, 0)}).home().empty());
    EXPECT_TRUE(maglev({member(1), member(2)}).table({false, false}).empty());
    EXPECT_TRUE(maglev({member(1), member(2, 0)}).table({false, true}).empty());
}

TEST(Maglev, AnIdentityThatComesTwiceIsRefused) {
    auto members = consecutive(3);
    members.push_back(member(0x0a010002, 7));
    const auto twice = Maglev::of(members, kSlots);
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().what,
              "collector 10.1.0.2 is in the pool twice: remove one, or add their weights");
    EXPECT_EQ(twice.error().kind, ErrorKind::configuration);

    members.back().port = 2055;
    EXPECT_TRUE(Maglev::of(members, kSlots)) << "another port is another identity";
    members.push_back(members.back());
    const auto ports = Maglev::of(members, kSlots);
    ASSERT_FALSE(ports);
    EXPECT_EQ(ports.error().what,
              "collector 10.1.0.2 with port 2055 is in the pool twice: remove one, or add their "
              "weights");
}

// Without a prime, a member would come back to its first slot before it has seen all.
TEST(Maglev, TheNumberOfSlotsIsAPrime) {
    for (const std::uint32_t slots : {0U, 1U, 4U, 9U, 1022U, 65536U})
        EXPECT_FALSE(Maglev::of(consecutive(3), slots)) << slots;
    for (const std::uint32_t slots : {2U, 3U, 5U, pool_slots(1), pool_slots(4096)})
        EXPECT_TRUE(Maglev::of(consecutive(3), slots)) << slots;
}

TEST(Maglev, TheNumberOfSlotsChangesOnce) {
    EXPECT_EQ(pool_slots(2), 65537U);
    EXPECT_EQ(pool_slots(128), 65537U);
    EXPECT_EQ(pool_slots(129), 524287U);
    EXPECT_EQ(pool_slots(4096), 524287U);
}

TEST(ChangedSlots, AreThoseThatDiffer) {
    const SlotTable was{0, 1, 2, 0}, now{0, 2, 2, 1};
    EXPECT_EQ(changed_slots(was, now), (std::vector<SlotChange>{{1, 2}, {3, 1}}));
    EXPECT_TRUE(changed_slots(now, now).empty());
}

TEST(ChangedSlots, AreAllOfATableOfAnotherSize) {
    const SlotTable was{1, 1}, now{1, 1, 1};
    EXPECT_EQ(changed_slots(was, now).size(), 3U);
    EXPECT_EQ(changed_slots({}, now), (std::vector<SlotChange>{{0, 1}, {1, 1}, {2, 1}}));
    EXPECT_TRUE(changed_slots(was, {}).empty());
}

}  // namespace
}  // namespace xdpmirror
