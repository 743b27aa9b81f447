// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What an extending profile takes over and what it replaces; where profiles are searched.
#include <gtest/gtest.h>

#include "support.h"

namespace xdpmirror::test {
namespace {

Profile load_good(const Directory& directory, const std::string& name, Variables variables = {}) {
    auto profile = load_profile(name, {directory.path()}, environment(std::move(variables)));

    if (!profile) {
        ADD_FAILURE() << profile.error().what;
        return {};
    }
    return *std::move(profile);
}

TEST(Extends, MappingsAreMergedByKey) {
    const Directory directory({{"base.yaml", profile_with()},
                               {"site.yaml",
                                "version: 1\n"
                                "extends: base\n"
                                "pools: {q: {collectors: [{address: 192.0.2.2}], via: f}}\n"
                                "egress: {e: {next_hop: 192.0.2.254}, f: {interface: eth2}}\n"}});
    const Config config = load_good(directory, "site").config;

    EXPECT_EQ(describe(config),
              "source a vni 1 port 4789 from 10.0.0.0/8\n"
              "rule r vni any from any to any protocol 17 port 1000-1000 pool p port 2000\n"
              "pool p via e 192.0.2.1*1\n"
              "pool q via f 192.0.2.2*1\n"
              "egress e eth1 address 192.0.2.254\n"
              "egress f eth2 auto\n");
    EXPECT_EQ(config.name, "site");
    EXPECT_EQ(config.path, directory / "site.yaml");
}

TEST(Extends, ListsAreReplaced) {
    const Directory directory({{"base.yaml", profile_with()},
                               {"site.yaml",
                                "version: 1\n"
                                "extends: ./base.yaml\n"
                                "sources: [{name: x, vxlan: {vni: 9}, from: [172.16.0.0/12]}]\n"
                                "pools: {p: {collectors: [{address: 192.0.2.9, weight: 3}]}}\n"}});

    EXPECT_EQ(describe(load_good(directory, directory / "site.yaml").config),
              "source x vni 9 port 4789 from 172.16.0.0/12\n"
              "rule r vni any from any to any protocol 17 port 1000-1000 pool p port 2000\n"
              "pool p via e 192.0.2.9*3\n"
              "egress e eth1 auto\n");
}

TEST(Extends, ChainsEndAtTheLastBase) {
    const Directory directory(
        {{"a.yaml", "version: 1\nextends: b\negress: {e: {interface: ethA}}\n"},
         {"b.yaml",
          "version: 1\nextends: deep/c.yaml\negress: {e: {interface: ethB}}\n"
          "pools: {p: {via: e}}\n"},
         {"deep/c.yaml", "version: 1\nextends: d\nrules: [{name: c, send: {to: p}}]\n"},
         {"deep/d.yaml", profile_with()}});

    EXPECT_EQ(describe(load_good(directory, "a").config),
              "source a vni 1 port 4789 from 10.0.0.0/8\n"
              "rule c vni any from any to any protocol 17 port any pool p port any\n"
              "pool p via e 192.0.2.1*1\n"
              "egress e ethA auto\n");
}

TEST(Extends, PositionsNameTheFileThatSaidIt) {
    const Directory directory(
        {{"base.yaml", profile_with()},
         {"site.yaml", "version: 1\nextends: base\negress: {f: {interface: eth2}}\n"}});
    const auto warnings = warnings_of(load_good(directory, "site"));

    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0], directory / "site.yaml" + ":3:10: egress 'f' is used by no pool");
}

TEST(Extends, AVariableThatIsOverriddenNeedsNoValue) {
    const Directory directory(
        {{"base.yaml", profile_with({{9, "  e: {interface: '${IF}'}"}})},
         {"site.yaml", "version: 1\nextends: '${BASE}'\negress: {e: {interface: eth2}}\n"}});

    EXPECT_EQ(load_good(directory, "site", {{"BASE", "base"}}).config.egress[0].ways[0].interface, "eth2");
}

TEST(Extends, ABaseIsSearchedBesideTheFileAndThenInTheDirectories) {
    const Directory far({{"base.yaml", profile_with({{9, "  e: {interface: far0}"}})},
                         {"only-far.yaml", profile_with({{9, "  e: {interface: far1}"}})}});
    const Directory near({{"base.yaml", profile_with({{9, "  e: {interface: near0}"}})},
                          {"x.yaml", "version: 1\nextends: base\n"},
                          {"y.yaml", "version: 1\nextends: only-far\n"}});
    const auto interface = [&](const std::string& file) {
        auto profile = load_profile(near / file, {far.path()}, environment({}));
        return profile ? profile->config.egress[0].ways[0].interface : profile.error().what;
    };

    EXPECT_EQ(interface("x.yaml"), "near0");
    EXPECT_EQ(interface("y.yaml"), "far1");
}

TEST(Find, DirectoriesAreSearchedInOrder) {
    const Directory first({{"a.yaml", ""}, {"z.yaml", ""}});
    const Directory second({{"a.yaml", ""}, {"b.yaml", ""}});
    const std::vector<std::string> directories = {"/nonexistent", first.path(), second.path()};

    EXPECT_EQ(*find_profile("a", directories), first / "a.yaml");
    EXPECT_EQ(*find_profile("b", directories), second / "b.yaml");
    EXPECT_EQ(*find_profile("./a", directories), "./a");
    EXPECT_EQ(*find_profile("c.yaml", directories), "c.yaml");
    EXPECT_EQ(*find_profile("c.yml", directories), "c.yml");
    EXPECT_FALSE(find_profile("c", directories));
    EXPECT_FALSE(find_profile("", directories));
}

TEST(Find, TheEnvironmentChoosesTheFirstDirectory) {
    EXPECT_EQ(profile_directories(environment({})).front(), "/etc/xdpmirror");
    EXPECT_EQ(profile_directories(environment({{"XDPMIRROR_CONFIG_DIR", ""}})).front(),
              "/etc/xdpmirror");
    const auto chosen = profile_directories(environment({{"XDPMIRROR_CONFIG_DIR", "/x"}}));
    EXPECT_EQ(chosen.front(), "/x");
    EXPECT_TRUE(find_profile("prod", chosen)) << "the source tree's own profiles come last";
}

}  // namespace
}  // namespace xdpmirror::test
