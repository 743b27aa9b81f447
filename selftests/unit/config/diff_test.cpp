// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Each difference between two profiles is named once, and nothing else is.
#include "config/diff.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support.h"

namespace xdpmirror::test {
namespace {

std::string diff(const std::string& before, const std::string& after) {
    return to_text(differences(parse_good(before), parse_good(after)));
}

// From the smallest good profile to that with some of its lines replaced.
std::string diff_with(const std::map<int, std::string>& lines) {
    return diff(profile_with(), profile_with(lines));
}

std::string rules(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : "\n") + ("  - {name: r" + name) + ", match: {port: 1" + name +
                "}, send: {to: p}}";
    }
    return profile_with({{5, text}});
}

std::string pool(const std::string& keys) {
    return profile_with({{7, "  p: {via: e, " + keys + "}"}});
}

std::string egress(const std::string& keys) {
    return profile_with({{9, "  e: {interface: eth1, " + keys + "}"}});
}

TEST(Diff, OfTheSameIsEmpty) {
    EXPECT_EQ(diff_with({}), "");
}

TEST(Diff, OfOtherWordsForTheSameIsEmpty) {
    // the port that is the default, a comment, text in quotes, keys in another order
    EXPECT_EQ(
        diff_with({{3,
                    "  - from: ['10.0.0.0/8']  # all of ours\n    vxlan: {port: 4789, vni: 1}\n"
                    "    name: \"a\""}}),
        "");
    EXPECT_EQ(
        diff(profile_with({{3, "  - {name: a, vxlan: {vni: 1}, from: [10.0.0.1, 10.0.0.2]}"}}),
             profile_with({{3, "  - {name: a, vxlan: {vni: 1}, from: [10.0.0.2, 10.0.0.1]}"}})),
        "");
}

TEST(Diff, NamesWhatComesAndGoes) {
    EXPECT_EQ(diff_with({{3, "  - {name: b, vxlan: {vni: 1}, from: [10.0.0.0/8]}"}}),
              "sources\n"
              "  - a  {name: a, vxlan: {vni: 1, port: 4789}, from: [10.0.0.0/8]}\n"
              "  + b  {name: b, vxlan: {vni: 1, port: 4789}, from: [10.0.0.0/8]}\n");
}

TEST(Diff, NamesKeysOldAndNew) {
    EXPECT_EQ(diff_with({{3, "  - {name: a, vxlan: {vni: 2}, from: [10.0.0.0/8], strict: true}"}}),
              "sources\n"
              "  ~ a  vxlan.vni: 1 -> 2\n"
              "  ~ a  strict: (nothing) -> true\n");
}

TEST(Diff, OfListsOnlyWhatIsNotInBoth) {
    EXPECT_EQ(
        diff(profile_with({{3, "  - {name: a, vxlan: {vni: 1}, from: [10.0.0.1, 10.0.0.2]}"}}),
             profile_with(
                 {{3, "  - {name: a, vxlan: {vni: 1}, from: [10.0.0.2, 10.0.0.3, 10.0.0.4]}"}})),
        "sources\n  ~ a  from: - 10.0.0.1, + 10.0.0.3, + 10.0.0.4\n");
}

TEST(Diff, RulesMoveInOrder) {
    EXPECT_EQ(diff(rules({"1", "2", "3", "4"}), rules({"4", "1", "2", "3"})),
              "rules\n  > r4  from place 4 to 1\n");
    EXPECT_EQ(diff(rules({"1", "2", "3", "4"}), rules({"2", "3", "4", "1"})),
              "rules\n  > r1  from place 1 to 4\n");
    // one that comes or goes moves nobody
    EXPECT_EQ(diff(rules({"1", "2", "3"}), rules({"2", "3"})),
              "rules\n  - r1  {name: r1, match: {port: 11}, send: {to: p}}\n");
}

TEST(Diff, ASendThatBecomesSeveralIsAList) {
    EXPECT_EQ(diff_with({{5,
                          "  - {name: r, match: {port: 1000}, send: [{to: p, port: 2000}, {to: p, "
                          "port: 3000}]}"}}),
              "rules\n  ~ r  send: + {to: p, port: 3000}\n");
}

TEST(Diff, CollectorsAreThingsOfTheirOwn) {
    EXPECT_EQ(diff(pool("collectors: [{address: 192.0.2.1}, {address: 192.0.2.2}]"),
                   pool("balance: flow, collectors: [{address: 192.0.2.3}, {address: 192.0.2.2, "
                        "weight: 3}]")),
              "pools\n"
              "  ~ p  balance: exporter -> flow\n"
              "  ~ p  templates: on_move -> off\n"
              "collectors\n"
              "  - p/192.0.2.1  {address: 192.0.2.1, weight: 1}\n"
              "  + p/192.0.2.3  {address: 192.0.2.3, weight: 1}\n"
              "  ~ p/192.0.2.2  weight: 1 -> 3\n");
}

TEST(Diff, WaysAreThingsOfTheirOwnAndInOrder) {
    EXPECT_EQ(diff(egress("standby: {interface: eth2}"),
                   egress("mtu: 1400, standby: [{interface: eth3}, {interface: eth2, mtu: 1300}]")),
              "egress\n"
              "  ~ e  mtu: (nothing) -> 1400\n"
              "ways\n"
              "  + e/eth3  {interface: eth3, next_hop: auto, path: auto}\n"
              "  ~ e/eth2  mtu: (nothing) -> 1300\n");
    EXPECT_EQ(diff(egress("standby: [{interface: eth2}, {interface: eth3}]"),
                   egress("standby: [{interface: eth3}, {interface: eth2}]")),
              "ways\n  > e/eth3  from place 2 to 1\n");
}

TEST(Diff, SectionsThatThereIsOneOf) {
    const std::string ready = profile_with() + "ready: {tcp: '127.0.0.1:1', needs: [attached]}\n";
    EXPECT_EQ(diff(profile_with(), ready),
              "ready\n  + {tcp: \"127.0.0.1:1\", needs: [attached], pools: [p]}\n");
    EXPECT_EQ(diff(ready, profile_with() + "ready: {tcp: '127.0.0.1:2', needs: [attached]}\n"),
              "ready\n  ~ tcp: \"127.0.0.1:1\" -> \"127.0.0.1:2\"\n");
}

TEST(Diff, BackIsTheOtherWayRound) {
    EXPECT_EQ(diff(profile_with({{3, "  - {name: a, vxlan: {vni: 2}, from: [10.0.0.0/8]}"}}),
                   profile_with()),
              "sources\n  ~ a  vxlan.vni: 2 -> 1\n");
}

TEST(Diff, IsJsonForScripts) {
    const auto json = to_json(differences(
        parse_good(rules({"1", "2"})),
        parse_good(profile_with({{3, "  - {name: a, vxlan: {vni: 2}, from: [10.0.0.1]}"},
                                 {5,
                                  "  - {name: r2, match: {port: 12}, send: {to: p}}\n"
                                  "  - {name: r1, match: {port: 11}, send: {to: p}}"}}))));
    EXPECT_EQ(
        json.dump(),
        R"([{"section":"sources","name":"a","kind":"changed","fields":[)"
        R"({"field":"vxlan.vni","before":"1","after":"2"},)"
        R"({"field":"from","removed":["10.0.0.0/8"],"added":["10.0.0.1"]}]},)"
        R"({"section":"rules","name":"r2","kind":"moved","place_before":2,"place_after":1}])");
}

}  // namespace
}  // namespace xdpmirror::test
