// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The effective profile, as JSON and as YAML, is the same configuration again.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "error_cases.h"

namespace xdpmirror::test {
namespace {

class Random {
  public:
    explicit Random(unsigned seed) : engine_(seed) {}

    std::size_t below(std::size_t n) { return engine_() % n; }
    bool coin() { return below(2) == 0; }
    template <class T>
    const T& one_of(const std::vector<T>& things) {
        return things[below(things.size())];
    }

  private:
    std::mt19937 engine_;
};

std::string random_prefix(Random& random, bool is_ipv6) {
    IpAddress any{is_ipv6 ? Family::ipv6 : Family::ipv4, {}};

    for (std::size_t i = 0; i < (is_ipv6 ? 16U : 4U); i++) {
        any.bytes[i] = static_cast<std::uint8_t>(1 + random.below(200));
    }
    const auto length = static_cast<std::uint8_t>(1 + random.below(is_ipv6 ? 128 : 32));
    return "'" + Prefix::of(any, length).text() + "'";
}

// Text in the vocabulary, with each optional key present half of the time.
std::string random_profile(Random& random) {
    std::string text = "version: 1\nsources:\n";

    for (std::size_t i = 0; i <= random.below(3); i++) {
        const auto vni = i * 1000 + random.below(1000);
        const std::string way = random.one_of<std::string>(
            {fmt::format("vxlan: {{vni: {}, port: 4790}}", vni),
             fmt::format("geneve: {{vni: {}, port: 6082, other: pass}}", vni),
             fmt::format("plain: {{to: [10.0.{}.0/24, 10.1.{}.0/24]}}", i, i)});
        const bool is_plain = way.starts_with("plain");
        text += fmt::format("  - name: s{}\n    {}\n", i, way);
        if (random.coin()) {
            text += fmt::format("    from: [{}]\n", random_prefix(random, random.coin()));
        }
        text += random.one_of<std::string>(
            {"", "    checksum: update\n", "    checksum: zero\n", "    checksum: recompute\n"});
        if (random.coin() && !is_plain) {
            text += "    strict: true\n    truncated: forward\n    exporters: [192.0.2.0/24]\n";
        }
    }
    text += "rules:\n";
    for (std::size_t i = 0; i <= random.below(5); i++) {
        const bool is_ipv6 = random.coin();
        std::string match;
        match += random.coin() ? fmt::format("vni: {}, ", random.below(16777216)) : "";
        match += random.coin() ? fmt::format("from: {}, ", random_prefix(random, is_ipv6)) : "";
        match += random.coin() ? fmt::format("to: {}, ", random_prefix(random, is_ipv6)) : "";
        match += random.one_of<std::string>({"", "protocol: udp, ", "protocol: 17, "});
        match += random.one_of<std::string>({"port: 53, ", "port: 1-2, ", "port: '9', ", ""});
        text += fmt::format("  - {{name: r{}, match: {{{}}}, send: {{to: {}{}}}}}\n", i, match,
                            random.one_of<std::string>({"p", "'123'", "p.q"}),
                            random.coin() ? ", port: 8081" : "");
    }
    text += "pools:\n";
    for (const char* name : {"p", "'123'", "p.q"}) {
        text += fmt::format("  {}: {{collectors: [{{address: {}{}}}], via: {}{}{}}}\n", name,
                            random.one_of<std::string>({"192.0.2.1", "'2001:db8::1'"}),
                            random.coin() ? ", weight: 5" : "",
                            random.one_of<std::string>({"e", "'true'"}),
                            random.one_of<std::string>(
                                {"", ", all_down: drop", ", health: {icmp: {}, every: 90s}",
                                 ", health: {http: {port: 80, status: [200, 300-399], host: '1'}}",
                                 ", health: {udp: {port: 9}, every: 1s, timeout: 250ms}"}),
                            random.one_of<std::string>({"", ", balance: flow"}));
    }
    text += fmt::format(
        "egress:\n  e: {{interface: '{}', next_hop: auto, oversize: fragment{}}}\n"
        "  'true': {{interface: {}, next_hop: 02:00:00:00:00:01}}\n",
        random.one_of<std::string>({"eth1", "$$x", "a$${b}", "10", "null", "\"q\\"}),
        random.one_of<std::string>({"", ", path: kernel", ", path: kernel, mark: 7, table: 4294967295",
                                    ", standby: {interface: e3, path: kernel, table: 100}"}),
        random.one_of<std::string>({"eth2", "e#1", "'- x'"}));
    return replaced(text, "'- x'", "'-x'");
}

void expect_same_again(const std::string& text) {
    const Profile profile = parse_good(text);
    const Profile from_json = parse_good(profile.effective_json);
    const Profile from_yaml = parse_good(to_yaml(profile));

    EXPECT_EQ(describe(from_json.config), describe(profile.config)) << text;
    EXPECT_EQ(describe(from_yaml.config), describe(profile.config)) << text << to_yaml(profile);
    EXPECT_EQ(from_json.effective_json, profile.effective_json) << text;
    EXPECT_EQ(from_yaml.effective_json, profile.effective_json) << text << to_yaml(profile);
    const auto from_state = parse_effective_profile(profile.effective_json, profile.config.name, "/p.yaml");
    ASSERT_TRUE(from_state) << from_state.error().what << text;
    EXPECT_EQ(describe(from_state->config), describe(profile.config)) << text;
    EXPECT_EQ(from_state->effective_json, profile.effective_json) << text;
    EXPECT_EQ(from_state->config.path, "/p.yaml");
    EXPECT_EQ(from_json.warnings.size(), profile.warnings.size()) << text;
}

TEST(RoundTrip, StateThatIsNone) {
    for (const char* text : {"", "{", "version: 1", "[]", R"({"version": 1, "rulez": []})"}) {
        EXPECT_FALSE(parse_effective_profile(text, "prod", "")) << text;
    }
}

TEST(RoundTrip, RandomProfiles) {
    Random random(1);

    for (int i = 0; i < 300 && !testing::Test::HasFailure(); i++) {
        expect_same_again(random_profile(random));
    }
}

TEST(RoundTrip, ProfilesWithRemarks) {
    for (const WarningCase& c : warning_cases()) {
        expect_same_again(c.text);
    }
}

TEST(RoundTrip, VariablesAndDefaultsAreWrittenOut) {
    const Profile profile = parse_good(profile_with({{3, "  - {name: a, vxlan: {vni: '${VNI}'}}"},
                                                     {9, "  e: {interface: 'x$$y'}"}}),
                                       {{"VNI", "77"}});

    EXPECT_EQ(profile.config.egress[0].ways[0].interface, "x$y");
    EXPECT_EQ(
        profile.effective_json,
        R"({"version":1,"sources":[{"name":"a","vxlan":{"vni":77,"port":4789},"from":["0.0.0.0/0",)"
        R"("::/0"]}],"rules":[{"name":"r","match":{"port":1000},"send":{"to":"p","port":2000}}],)"
        R"("pools":{"p":{"collectors":[{"address":"192.0.2.1","weight":1}],"via":"e",)"
        R"("balance":"exporter","all_down":"hold","templates":"off"}},)"
        R"("egress":{"e":{"interface":"x$$y","next_hop":"auto","path":"auto"}}})");
    EXPECT_EQ(to_yaml(profile),
              "version: 1\n"
              "sources:\n"
              "  - name: a\n"
              "    vxlan: {vni: 77, port: 4789}\n"
              "    from: [0.0.0.0/0, \"::/0\"]\n"
              "rules:\n"
              "  - name: r\n"
              "    match: {port: 1000}\n"
              "    send: {to: p, port: 2000}\n"
              "pools:\n"
              "  p:\n"
              "    collectors:\n"
              "      - {address: 192.0.2.1, weight: 1}\n"
              "    via: e\n"
              "    balance: exporter\n"
              "    all_down: hold\n"
              "    templates: off\n"
              "egress:\n"
              "  e: {interface: \"x$$y\", next_hop: auto, path: auto}\n");
}

}  // namespace
}  // namespace xdpmirror::test
