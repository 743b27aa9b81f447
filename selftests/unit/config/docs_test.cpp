// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// docs/configuration.md names every key of the schema, and its example works.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support.h"

namespace xdpmirror::test {
namespace {

void collect_keys(const nlohmann::json& at, std::set<std::string>& keys) {
    if (at.is_object() && at.contains("properties")) {
        for (const auto& [key, below] : at.at("properties").items()) {
            keys.insert(key);
        }
    }
    if (at.is_structured()) {
        for (const auto& below : at) {
            collect_keys(below, keys);
        }
    }
}

// The indented block that begins with this line, without its indentation.
std::string block_after(const std::string& text, const std::string& first_line) {
    std::string block;
    std::istringstream lines(text.substr(text.find("    " + first_line)));

    for (std::string line; std::getline(lines, line) && line.starts_with("    ");) {
        block += line.substr(4) + "\n";
    }
    return block;
}

TEST(Docs, NameEveryKey) {
    const std::string docs = read_file(XM_CONFIGURATION_DOCS);
    std::set<std::string> keys;

    collect_keys(nlohmann::json::parse(profile_schema()), keys);
    // Keys that are accepted and not acted on are named by the key that they stand in.
    for (const char* key : {"textfile", "listen"}) {
        keys.erase(key);
    }
    EXPECT_GT(keys.size(), 25U);
    for (const std::string& key : keys) {
        EXPECT_NE(docs.find(key), std::string::npos) << key;
    }
}

TEST(Docs, TheExampleWorks) {
    const std::string site = block_after(read_file(XM_CONFIGURATION_DOCS), "# site.yaml");
    const Directory directory({{"site.yaml", site}});
    const auto profile =
        load_profile("site", {directory.path(), XM_SHIPPED_PROFILES}, environment({}));

    ASSERT_TRUE(profile) << profile.error().what << "\n" << site;
    EXPECT_EQ(profile->config.pools[0].collectors[0].address, address("100.76.10.12"));
    EXPECT_EQ(profile->config.egress[0].ways[0].interface, "ens6");
    EXPECT_EQ(profile->config.rules.size(), 2U);
}

}  // namespace
}  // namespace xdpmirror::test
