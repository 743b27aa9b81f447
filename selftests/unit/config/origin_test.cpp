// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Where each value of an effective profile comes from; the text is the same profile again.
#include "config/origin.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support.h"

namespace xdpmirror::test {
namespace {

const std::map<std::string, std::string> kFiles = {
    {"base.yaml", profile_with()},
    {"site.yaml",
     "version: 1\n"
     "extends: base\n"
     "rules:\n"
     "  - {name: r, match: {port: \"${IN:-1000}\"}, send: {to: p, port: \"${OUT}\"}}\n"
     "egress: {e: {interface: \"eth${A}${B:-1}\"}}\n"}};
const Variables kVariables = {{"OUT", "2000"}, {"A", ""}};

ProfileOrigins origins(const Directory& directory, const std::string& name) {
    auto found = profile_origins(name, {directory.path()}, environment(kVariables));
    EXPECT_TRUE(found) << found.error().what;
    return found ? *found : ProfileOrigins{};
}

TEST(Origin, IsBehindEachValue) {
    const Directory directory(kFiles);

    EXPECT_EQ(origins(directory, "site").yaml,
              "version: 1  # site.yaml:1\n"
              "sources:\n"
              "  - name: a  # base.yaml:3\n"
              "    vxlan:\n"
              "      vni: 1  # base.yaml:3\n"
              "      port: 4789  # default\n"
              "    from: [10.0.0.0/8]  # base.yaml:3\n"
              "rules:\n"
              "  - name: r  # site.yaml:4\n"
              "    match: {port: 1000}  # site.yaml:4 default of ${IN}\n"
              "    send:\n"
              "      to: p  # site.yaml:4\n"
              "      port: 2000  # site.yaml:4 ${OUT}\n"
              "pools:\n"
              "  p:\n"
              "    collectors:\n"
              "      - address: 192.0.2.1  # base.yaml:7\n"
              "        weight: 1  # default\n"
              "    via: e  # base.yaml:7\n"
              "    balance: exporter  # default\n"
              "    all_down: hold  # default\n"
              "    templates: off  # default\n"
              "egress:\n"
              "  e:\n"
              "    interface: eth1  # site.yaml:5 ${A}, default of ${B}\n"
              "    next_hop: auto  # default\n"
              "    path: auto  # default\n");
}

TEST(Origin, TextIsTheSameProfileAgain) {
    const Directory directory(kFiles);
    const auto profile = load_profile("site", {directory.path()}, environment(kVariables));

    ASSERT_TRUE(profile);
    EXPECT_EQ(parse_good(origins(directory, "site").yaml).effective_json, profile->effective_json);
    for (const char* shipped : {"prod", "gateway", "forwarder", "lab"}) {
        const auto whole = load_profile(shipped, {XM_SHIPPED_PROFILES}, environment({}));
        ASSERT_TRUE(whole) << whole.error().what;
        const auto found = profile_origins(shipped, {XM_SHIPPED_PROFILES}, environment({}));
        ASSERT_TRUE(found);
        EXPECT_EQ(parse_good(found->yaml).effective_json, whole->effective_json) << shipped;
    }
}

TEST(Origin, IsInTheJson) {
    const Directory directory(kFiles);
    const auto json = nlohmann::json::parse(origins(directory, "site").json);

    EXPECT_EQ(json["rules"][0]["send"]["port"].dump(),
              R"({"from":")" + (directory / "site.yaml") + R"(:4 ${OUT}","value":2000})");
    EXPECT_EQ(json["sources"][0]["vxlan"]["port"].dump(), R"({"from":"default","value":4789})");
    EXPECT_EQ(json["sources"][0]["from"][0]["value"], "10.0.0.0/8");
}

TEST(Origin, ErrorsAreThoseOfTheProfile) {
    const std::map<std::string, std::string> files = {{"bad.yaml", "version: 1\nsource: []\n"}};
    const Directory directory(files);
    const auto found = profile_origins("bad", {directory.path()}, environment({}));

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::configuration);
    EXPECT_NE(found.error().what.find("bad.yaml:2:1: unknown key 'source'"), std::string::npos);
    EXPECT_FALSE(profile_origins("none", {directory.path()}, environment({})));
}

}  // namespace
}  // namespace xdpmirror::test
