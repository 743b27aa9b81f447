// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Plans searched the way the data plane searches them, against the plain meaning of the
// configuration: rules walked in order, senders compared one by one.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <map>
#include <random>

#include "support.h"

namespace xdpmirror::test {
namespace {

constexpr std::uint32_t kNothing = XM_NO_ROW;

class Random {
  public:
    explicit Random(unsigned seed) : engine_(seed) {}

    std::uint32_t below(std::size_t n) { return static_cast<std::uint32_t>(engine_() % n); }
    bool chance(unsigned percent) { return below(100) < percent; }

    // Few distinct bytes, so that prefixes and packets meet often.
    IpAddress address(Family family) {
        IpAddress out{family, {}};
        const std::size_t size = family == Family::ipv4 ? 4 : 16;

        for (std::size_t i = 0; i < size; i++) {
            const bool is_free = i < 2 || i + 1 == size;
            out.bytes[i] = is_free ? static_cast<std::uint8_t>(below(3) * 0x55) : std::uint8_t{0};
        }
        return out;
    }

    Prefix prefix(Family family, const std::vector<std::uint8_t>& lengths) {
        return Prefix::of(address(family), lengths[below(lengths.size())]);
    }

  private:
    std::mt19937 engine_;
};

struct Packet {
    Family family = Family::ipv4;
    IpAddress from;
    IpAddress to;
    std::uint32_t vni = 0;
    std::uint16_t port = 0;
    std::uint8_t protocol = IPPROTO_UDP;
};

bool matches(const Match& match, const Packet& packet) {
    return (!match.vni || *match.vni == packet.vni) &&
           (!match.from || match.from->contains(packet.from)) &&
           (!match.to || match.to->contains(packet.to)) &&
           (!match.protocol || *match.protocol == packet.protocol) &&
           (!match.port || (match.port->first <= packet.port && packet.port <= match.port->last));
}

std::uint32_t first_match(const Config& config, const Packet& packet) {
    for (std::uint32_t i = 0; i < config.rules.size(); i++) {
        if (matches(config.rules[i].match, packet)) {
            return i;
        }
    }
    return kNothing;
}

template <class T>
std::string bytes_of(const T& value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
}

// The masked address, word by word as the program does it.
template <class Field>
Field masked(const IpAddress& address, const Field& mask) {
    Field out{};
    std::array<std::uint8_t, sizeof(Field)> mask_bytes{};
    std::array<std::uint8_t, sizeof(Field)> bytes{};

    std::memcpy(mask_bytes.data(), &mask, sizeof(Field));
    for (std::size_t i = 0; i < bytes.size(); i++) {
        bytes[i] = address.bytes[i] & mask_bytes[i];
    }
    std::memcpy(&out, bytes.data(), sizeof(Field));
    return out;
}

void copy_masked(__be32& out, const IpAddress& address, const __be32& mask) {
    out = masked(address, mask);
}

void copy_masked(__be32 (&out)[4], const IpAddress& address, const __be32 (&mask)[4]) {
    std::array<__be32, 4> words{};

    std::memcpy(words.data(), mask, sizeof(mask));
    words = masked(address, words);
    std::memcpy(out, words.data(), sizeof(out));
}

class DataPlane {
  public:
    explicit DataPlane(Plan plan) : plan_(std::move(plan)) {
        for (const auto& [key, row] : plan_.rules4) {
            EXPECT_TRUE(rules4_.emplace(bytes_of(key), row).second) << "a key stands twice";
        }
        for (const auto& [key, row] : plan_.rules6) {
            EXPECT_TRUE(rules6_.emplace(bytes_of(key), row).second) << "a key stands twice";
        }
        for (const auto& [vni, row] : plan_.vnis) {
            EXPECT_TRUE(vnis_.emplace(vni, row).second) << "a VNI stands twice";
        }
    }

    std::uint32_t find_rule(const Packet& packet) const {
        if (packet.family == Family::ipv4) {
            return search<xm_rule_key4>(packet, plan_.config.shape4, plan_.config.shape4_count,
                                        rules4_);
        }
        return search<xm_rule_key6>(packet, plan_.config.shape6, plan_.config.shape6_count,
                                    rules6_);
    }

    std::uint32_t admit(std::uint32_t vni, const IpAddress& sender) const {
        const auto found = vnis_.find(vni);
        if (found == vnis_.end()) {
            return kNothing;
        }
        const xm_vni& row = found->second;
        const bool is_ipv4 = sender.family == Family::ipv4;
        if ((plan_.config.features & XM_FEATURE_SENDER_LPM) && (is_ipv4 ? row.lpm4 : row.lpm6)) {
            return longest_prefix(vni, sender);
        }
        return is_ipv4 ? admit_inline(row, sender) : kNothing;
    }

  private:
    using Rows = std::map<std::string, xm_rule>;

    template <class Key, class Shape>
    std::uint32_t search(const Packet& packet, const Shape* shapes, std::uint32_t count,
                         const Rows& rows) const {
        const bool has_ranges = plan_.config.features & XM_FEATURE_PORT_RANGES;
        const std::uint32_t port_class =
            has_ranges ? plan_.port_classes.at(packet.port).class_id : 0;
        std::uint32_t best = kNothing;

        for (std::uint8_t i = 0; i < count; i++) {
            const Shape& shape = shapes[i];
            if (best != kNothing && best < shape.best_rank) {
                break;
            }
            Key key{};
            copy_masked(key.from, packet.from, shape.from_mask);
            copy_masked(key.to, packet.to, shape.to_mask);
            key.vni = packet.vni & shape.vni_mask;
            key.port = shape.port_kind == XM_PORT_EXACT   ? packet.port
                       : shape.port_kind == XM_PORT_CLASS ? static_cast<std::uint16_t>(port_class)
                                                          : std::uint16_t{0};
            key.protocol = packet.protocol & shape.protocol_mask;
            key.shape = i;
            const auto found = rows.find(bytes_of(key));
            if (found != rows.end()) {
                EXPECT_GE(found->second.rank, shape.best_rank);
                best = std::min(best, found->second.rank);
            }
        }
        return best;
    }

    static std::uint32_t admit_inline(const xm_vni& row, const IpAddress& sender) {
        for (const xm_sender4& each : row.sender) {
            if (masked(sender, each.mask) == each.addr) {
                return each.source;
            }
        }
        return kNothing;
    }

    // What an LPM trie does: of all rows whose first prefix_bits agree, the longest.
    std::uint32_t longest_prefix(std::uint32_t vni, const IpAddress& sender) const {
        std::array<std::uint8_t, 20> wanted{};
        const __be32 vni_word = htonl(vni);
        std::uint32_t best_bits = 0;
        std::uint32_t source = kNothing;

        std::memcpy(wanted.data(), &vni_word, 4);
        if (sender.family == Family::ipv4) {
            wanted[14] = wanted[15] = 0xff;
            std::memcpy(wanted.data() + 16, sender.bytes.data(), 4);
        } else {
            std::memcpy(wanted.data() + 4, sender.bytes.data(), 16);
        }
        for (const auto& [key, row] : plan_.senders) {
            if (key.prefix_bits >= best_bits && agree(wanted, key)) {
                best_bits = key.prefix_bits;
                source = row.source;
            }
        }
        return source;
    }

    static bool agree(const std::array<std::uint8_t, 20>& wanted, const xm_sender_key& key) {
        std::array<std::uint8_t, 20> bytes{};

        std::memcpy(bytes.data(), &key.vni, 4);
        std::memcpy(bytes.data() + 4, key.addr, 16);
        for (std::uint32_t bit = 0; bit < key.prefix_bits; bit++) {
            const int shift = 7 - static_cast<int>(bit % 8);
            if (((wanted[bit / 8] ^ bytes[bit / 8]) >> shift) & 1) {
                return false;
            }
        }
        return true;
    }

    Plan plan_;
    Rows rules4_;
    Rows rules6_;
    std::map<std::uint32_t, xm_vni> vnis_;
};

// Few kinds of rules in one set, so that the set stays below the number of shapes.
Config random_rules(Random& random) {
    const std::vector<std::uint8_t> lengths = {static_cast<std::uint8_t>(random.below(17)), 32};
    const bool use_to = random.chance(40);
    std::vector<Rule> rules;

    for (std::size_t i = 0, count = 1 + random.below(60); i < count; i++) {
        Match match;
        const Family family = random.chance(50) ? Family::ipv4 : Family::ipv6;
        if (random.chance(30)) {
            match.vni = random.below(3);
        }
        if (random.chance(60)) {
            match.from = random.prefix(family, {lengths[0]});
        }
        if (use_to && random.chance(40)) {
            match.to = random.prefix(family, {lengths[1]});
        }
        if (random.chance(30)) {
            match.protocol = random.chance(50) ? std::optional<std::uint8_t>() : IPPROTO_TCP;
        }
        if (const auto kind = random.below(3); kind > 0) {
            const auto first = static_cast<std::uint16_t>(1 + random.below(40));
            const auto width = kind == 1 ? 0U : random.below(15);
            match.port = PortRange{first, static_cast<std::uint16_t>(first + width)};
        }
        rules.push_back(rule("r" + std::to_string(i), match));
    }
    return config_with_rules(std::move(rules));
}

TEST(PlanProperty, TheSearchFindsTheFirstRuleThatMatches) {
    std::map<bool, std::size_t> packets;
    std::size_t sets = 0;
    std::size_t refused = 0;
    std::size_t hits = 0;
    Random random(20240607);

    while (sets < 1500 && !testing::Test::HasFailure()) {
        const Config config = random_rules(random);
        auto plan = make_plan(config);
        if (!plan) {
            ASSERT_NE(plan.error().what.find("distinct combinations"), std::string::npos)
                << plan.error().what;
            refused++;
            continue;
        }
        const DataPlane data_plane(*std::move(plan));
        sets++;
        for (int i = 0; i < 200; i++) {
            const Family family = random.chance(50) ? Family::ipv4 : Family::ipv6;
            const Packet packet{
                family,
                random.address(family),
                random.address(family),
                random.below(3),
                static_cast<std::uint16_t>(random.below(60)),
                static_cast<std::uint8_t>(random.chance(70) ? IPPROTO_UDP : IPPROTO_TCP)};
            const std::uint32_t wanted = first_match(config, packet);
            ASSERT_EQ(data_plane.find_rule(packet), wanted)
                << packet.from.text() << " -> " << packet.to.text() << " vni " << packet.vni
                << " port " << packet.port << "\n"
                << describe(config);
            packets[family == Family::ipv4]++;
            hits += wanted != kNothing;
        }
    }
    // The test is worth something only if it met both families, and both outcomes.
    EXPECT_GE(packets[true], 100000U);
    EXPECT_GE(packets[false], 100000U);
    EXPECT_GT(hits, 50000U);
    EXPECT_LT(hits, 290000U);
    EXPECT_LT(refused, sets);
}

Config random_sources(Random& random) {
    Config config = config_with_rules({rule("r", {})});
    std::map<std::pair<std::uint32_t, std::string>, bool> taken;

    config.sources.clear();
    for (std::uint32_t i = 0, count = 1 + random.below(8); i < count; i++) {
        Source source = vxlan_source("s" + std::to_string(i), random.below(3), {});
        for (std::uint32_t j = 0, senders = 1 + random.below(4); j < senders; j++) {
            const Family family = random.chance(60) ? Family::ipv4 : Family::ipv6;
            const Prefix sender = random.prefix(family, {0, 1, 8, 12, 16, 31, 32});
            if (taken.emplace(std::pair(*source.vni, sender.text()), true).second) {
                source.from.push_back(sender);
            }
        }
        config.sources.push_back(source);
    }
    return config;
}

std::uint32_t owner_of(const Config& config, std::uint32_t vni, const IpAddress& sender) {
    std::uint32_t owner = kNothing;
    int longest = -1;

    for (std::uint32_t i = 0; i < config.sources.size(); i++) {
        for (const Prefix& prefix : config.sources[i].from) {
            if (config.sources[i].vni == vni && prefix.contains(sender) &&
                prefix.length > longest) {
                longest = prefix.length;
                owner = i;
            }
        }
    }
    return owner;
}

TEST(PlanProperty, ASenderBelongsToTheSourceWithTheLongestPrefix) {
    std::size_t admitted = 0;
    std::size_t in_trie = 0;
    Random random(42);

    for (int set = 0; set < 1000 && !testing::Test::HasFailure(); set++) {
        const Config config = random_sources(random);
        auto plan = make_plan(config);
        ASSERT_TRUE(plan);
        in_trie += !plan->senders.empty();
        const DataPlane data_plane(*std::move(plan));
        for (int i = 0; i < 100; i++) {
            const std::uint32_t vni = random.below(4);
            const IpAddress sender =
                random.address(random.chance(60) ? Family::ipv4 : Family::ipv6);
            const std::uint32_t wanted = owner_of(config, vni, sender);
            ASSERT_EQ(data_plane.admit(vni, sender), wanted) << vni << " " << sender.text() << "\n"
                                                             << describe(config);
            admitted += wanted != kNothing;
        }
    }
    EXPECT_GT(admitted, 20000U);
    EXPECT_LT(admitted, 90000U);
    EXPECT_GT(in_trie, 300U);
}

}  // namespace
}  // namespace xdpmirror::test
