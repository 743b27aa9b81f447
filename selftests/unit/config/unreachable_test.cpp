// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Rules that can never match: by hand, and against a world small enough to try every packet.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "support.h"

namespace xdpmirror::test {
namespace {

std::vector<std::string> remarks(const Config& config) {
    std::vector<std::string> out;

    for (const Warning& warning : find_unreachable(config)) {
        out.push_back(warning.what);
    }
    return out;
}

Match match_of(std::optional<std::uint32_t> vni, const char* from, const char* to,
               std::optional<PortRange> port = std::nullopt) {
    Match match;

    match.vni = vni;
    if (from) {
        match.from = prefix(from);
    }
    if (to) {
        match.to = prefix(to);
    }
    match.port = port;
    return match;
}

// True if the second of two rules is called covered.
bool covers(const Match& first, const Match& second) {
    const auto found = remarks(config_with_rules({rule("one", first), rule("two", second)}));

    return std::ranges::any_of(found, [](const std::string& what) {
        return what == "rule 'two' can never match: rule 'one' before it takes all its packets";
    });
}

TEST(Unreachable, OneRuleCoversAnother) {
    EXPECT_TRUE(covers(match_of({}, nullptr, nullptr),
                       match_of(1, "10.0.0.0/8", "10.0.0.0/8", PortRange{1, 2})));
    EXPECT_TRUE(covers(match_of({}, "10.0.0.0/8", nullptr), match_of(1, "10.1.0.0/16", nullptr)));
    EXPECT_TRUE(covers(match_of({}, "0.0.0.0/0", nullptr), match_of(1, nullptr, "10.0.0.0/8")));
    EXPECT_TRUE(covers(match_of({}, nullptr, nullptr, PortRange{1, 9}),
                       match_of({}, nullptr, "::/0", PortRange{9, 9})));
    EXPECT_TRUE(covers(match_of(1, nullptr, nullptr), match_of(1, nullptr, nullptr)));
}

TEST(Unreachable, OrNot) {
    EXPECT_FALSE(covers(match_of(1, nullptr, nullptr), match_of({}, nullptr, nullptr)));
    EXPECT_FALSE(covers(match_of(1, nullptr, nullptr), match_of(2, nullptr, nullptr)));
    EXPECT_FALSE(covers(match_of({}, "10.1.0.0/16", nullptr), match_of({}, "10.0.0.0/8", nullptr)));
    EXPECT_FALSE(covers(match_of({}, "0.0.0.0/0", nullptr), match_of({}, nullptr, nullptr)))
        << "IPv6 is left";
    EXPECT_FALSE(covers(match_of({}, "0.0.0.0/0", nullptr), match_of({}, "::/0", nullptr)));
    EXPECT_FALSE(
        covers(match_of({}, nullptr, nullptr, PortRange{1, 65535}), match_of({}, nullptr, nullptr)))
        << "port 0 is left";
    EXPECT_FALSE(covers(match_of({}, nullptr, nullptr, PortRange{1, 9}),
                        match_of({}, nullptr, nullptr, PortRange{9, 10})));
}

TEST(Unreachable, BothFamiliesTogetherCoverARuleForBoth) {
    EXPECT_EQ(
        remarks(config_with_rules({rule("four", match_of({}, "0.0.0.0/0", nullptr)),
                                   rule("six", match_of({}, nullptr, "::/0")),
                                   rule("both", match_of({}, nullptr, nullptr))}))
            .at(0),
        "rule 'both' can never match: rule 'four' and other rules before it take all its packets");
}

TEST(Unreachable, WithOneVniNamingItAddsNothing) {
    Config config = config_with_rules(
        {rule("one", match_of(1, nullptr, nullptr)), rule("two", match_of({}, nullptr, nullptr))});
    EXPECT_TRUE(remarks(config).empty());
    config.sources.pop_back();
    EXPECT_EQ(remarks(config).size(), 1U);
}

TEST(Unreachable, ARuleThatNeverMatchesCoversNothing) {
    const auto found = remarks(config_with_rules({rule("nowhere", match_of(77, nullptr, nullptr)),
                                                  rule("again", match_of(77, nullptr, nullptr)),
                                                  rule("real", match_of({}, nullptr, nullptr))}));

    EXPECT_EQ(found,
              (std::vector<std::string>{"rule 'nowhere' can never match: no source has VNI 77",
                                        "rule 'again' can never match: no source has VNI 77"}));
}

// ---- every packet of a small world ----

struct World {
    std::vector<IpAddress> addresses;
    std::vector<Prefix> prefixes4;
    std::vector<Prefix> prefixes6;
};

World small_world() {
    World world;

    for (const char* text : {"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "11.0.0.0",
                             "2001:db8::", "2001:db8::1", "3001::"}) {
        world.addresses.push_back(address(text));
    }
    for (const char* text :
         {"0.0.0.0/0", "10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.1"}) {
        world.prefixes4.push_back(prefix(text));
    }
    for (const char* text : {"::/0", "2001:db8::/127", "2001:db8::1"}) {
        world.prefixes6.push_back(prefix(text));
    }
    return world;
}

constexpr std::uint16_t kPorts[] = {0, 1, 2, 3, 4, 5, 6, 7, 65535};

constexpr std::uint8_t kProtocols[] = {6, 17, 47};

bool matches(const Match& match, std::uint32_t vni, const IpAddress& from, const IpAddress& to,
             std::uint8_t protocol, std::uint16_t port) {
    return (!match.protocol || *match.protocol == protocol) && (!match.vni || *match.vni == vni) &&
           (!match.from || match.from->contains(from)) && (!match.to || match.to->contains(to)) &&
           (!match.port || (match.port->first <= port && port <= match.port->last));
}

// Names of the rules that some packet of the world reaches.
std::set<std::string> reached(const Config& config, const World& world) {
    std::set<std::string> names;
    const auto visit = [&](std::uint32_t vni, const IpAddress& from, const IpAddress& to) {
        for (const std::uint8_t protocol : kProtocols) {
            for (const std::uint16_t port : kPorts) {
                for (const Rule& each : config.rules) {
                    if (matches(each.match, vni, from, to, protocol, port)) {
                        names.insert(each.name);
                        break;
                    }
                }
            }
        }
    };

    for (const Source& source : config.sources) {
        for (const IpAddress& from : world.addresses) {
            for (const IpAddress& to : world.addresses) {
                if (from.family == to.family) {
                    visit(*source.vni, from, to);
                }
            }
        }
    }
    return names;
}

bool covers_alone(const Match& a, const Match& b) {
    const auto prefix_covers = [](const std::optional<Prefix>& wide,
                                  const std::optional<Prefix>& narrow) {
        return !wide || (narrow && wide->contains(*narrow));
    };
    const bool vni = !a.vni || a.vni == b.vni;
    const bool port =
        !a.port || (b.port && a.port->first <= b.port->first && b.port->last <= a.port->last);

    const bool protocol = !a.protocol || a.protocol == b.protocol;
    return vni && port && protocol && prefix_covers(a.from, b.from) && prefix_covers(a.to, b.to);
}

TEST(Unreachable, AgainstEveryPacketOfASmallWorld) {
    const World world = small_world();
    std::mt19937 engine(7);
    const auto below = [&engine](std::size_t n) { return engine() % n; };
    std::size_t warned = 0;
    std::size_t quiet = 0;

    for (int set = 0; set < 1000 && !testing::Test::HasFailure(); set++) {
        std::vector<Rule> rules;
        for (std::size_t i = 0, count = 2 + below(9); i < count; i++) {
            const auto& prefixes = below(3) ? world.prefixes4 : world.prefixes6;
            Match match;
            match.vni =
                below(3) ? std::nullopt : std::optional(static_cast<std::uint32_t>(1 + below(2)));
            match.from = below(2) ? std::nullopt : std::optional(prefixes[below(prefixes.size())]);
            match.to = below(2) ? std::nullopt : std::optional(prefixes[below(prefixes.size())]);
            match.protocol = below(2)   ? std::optional(std::uint8_t{17})
                             : below(2) ? std::optional(std::uint8_t{6})
                                        : std::nullopt;
            if (below(3)) {
                const auto first = static_cast<std::uint16_t>(1 + below(5));
                match.port = PortRange{first, static_cast<std::uint16_t>(first + below(3))};
            }
            rules.push_back(rule("r" + std::to_string(i), match));
        }
        const Config config = config_with_rules(rules);
        const std::set<std::string> alive = reached(config, world);
        std::set<std::string> dead;
        for (const std::string& what : remarks(config)) {
            if (what.find("can never match") != std::string::npos) {
                dead.insert(what.substr(6, what.find('\'', 6) - 6));
            }
        }
        for (std::size_t i = 0; i < rules.size(); i++) {
            const bool is_warned = dead.contains(rules[i].name);
            ASSERT_FALSE(is_warned && alive.contains(rules[i].name)) << rules[i].name << "\n"
                                                                     << describe(config);
            const bool is_covered = std::ranges::any_of(
                rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(i),
                [&](const Rule& before) { return covers_alone(before.match, rules[i].match); });
            ASSERT_TRUE(is_warned || !is_covered) << rules[i].name << "\n" << describe(config);
            warned += is_warned;
            quiet += !is_warned;
        }
    }
    EXPECT_GT(warned, 500U);
    EXPECT_GT(quiet, 500U);
}

}  // namespace
}  // namespace xdpmirror::test
