// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Types of scalars (YAML 1.2 core schema) and expansion of variables.
#include <gtest/gtest.h>

#include "config/expand.h"
#include "config/tree.h"
#include "config/yaml.h"
#include "support.h"

namespace xdpmirror::test {
namespace {

NodeKind kind_of(const std::string& text) {
    Node node;

    node.text = text;
    type_plain_scalar(node);
    return node.kind;
}

TEST(Scalar, CoreSchemaTypes) {
    const std::pair<NodeKind, std::vector<const char*>> cases[] = {
        {NodeKind::null, {"", "~", "null", "Null", "NULL"}},
        {NodeKind::boolean, {"true", "True", "TRUE", "false", "False", "FALSE"}},
        {NodeKind::integer, {"0", "7", "-7", "+7", "007", "0o17", "0xfF", "9223372036854775807"}},
        {NodeKind::number,
         {"1.5", "-1.5", ".5", "5.", "1e3", "1.5E-3", ".inf", "-.Inf", ".nan",
          "9223372036854775808", "1e999"}},
        {NodeKind::text,
         {"nULL",
          "yes",
          "no",
          "on",
          "tRUE",
          "1-2",
          "1:30",
          "0b1",
          "0o8",
          "0x",
          "0xg",
          "-0x1",
          "0x-1",
          "1_000",
          "1e",
          ".",
          "-",
          "+",
          "1.2.3",
          "10.0.0.0/8",
          "eth0",
          "2s",
          "02:00:00:00:00:01",
          "inf",
          "e5",
          ".e5"}},
    };

    for (const auto& [kind, texts] : cases) {
        for (const char* text : texts) {
            EXPECT_EQ(kind_of(text), kind) << text;
        }
    }
}

TEST(Scalar, IntegersHaveTheirValue) {
    const std::pair<const char*, std::int64_t> cases[] = {
        {"007", 7}, {"+12", 12}, {"-12", -12}, {"0o17", 15}, {"0xfF", 255}};

    for (const auto& [text, value] : cases) {
        Node node;
        node.text = text;
        type_plain_scalar(node);
        EXPECT_EQ(node.integer, value) << text;
    }
}

TEST(Scalar, QuotesMakeText) {
    auto tree = parse_yaml("a: '1'\nb: \"true\"\nc: ''\nd: 1\ne:\n", "p.yaml");

    ASSERT_TRUE(tree);
    EXPECT_EQ(tree->find("a")->kind, NodeKind::text);
    EXPECT_EQ(tree->find("b")->kind, NodeKind::text);
    EXPECT_EQ(tree->find("c")->kind, NodeKind::text);
    EXPECT_EQ(tree->find("d")->kind, NodeKind::integer);
    EXPECT_EQ(tree->find("e")->kind, NodeKind::null);
}

TEST(Scalar, AliasesAreCopies) {
    auto tree = parse_yaml("a: &x [1, 2]\nb: *x\n", "p.yaml");

    ASSERT_TRUE(tree);
    EXPECT_EQ(tree->find("b")->items.size(), 2U);
    EXPECT_EQ(tree->find("b")->items[1].integer, 2);
}

TEST(Scalar, PlacesAreThoseOfTheText) {
    auto tree = parse_yaml("a:\n  - x: 1\n    yy: {z: [10, 20]}\n", "p.yaml");

    ASSERT_TRUE(tree);
    const Member& yy = tree->find("a")->items[0].members[1];
    EXPECT_EQ(yy.place.position().text(), "p.yaml:3:5");
    EXPECT_EQ(yy.value.find("z")->items[1].place.position().text(), "p.yaml:3:18");
}

struct Expansion {
    const char* in;
    NodeKind kind;
    const char* text;
};

TEST(Variables, Expand) {
    const Variables variables = {
        {"N", "42"}, {"EMPTY", ""}, {"T", "a b"}, {"_x1", "y"}, {"L", "[1]"}};
    const Expansion cases[] = {
        {"\"${N}\"", NodeKind::integer, "42"},
        {"${N}", NodeKind::integer, "42"},
        {"'${N}'", NodeKind::integer, "42"},
        {"\"${N}0\"", NodeKind::integer, "420"},
        {"\"x${N}\"", NodeKind::text, "x42"},
        {"\"${T}-${_x1}\"", NodeKind::text, "a b-y"},
        {"\"${NONE:-7}\"", NodeKind::integer, "7"},
        {"\"${NONE:-}\"", NodeKind::null, ""},
        {"\"${EMPTY:-7}\"", NodeKind::integer, "7"},
        {"\"${EMPTY}\"", NodeKind::null, ""},
        {"\"${N:-7}\"", NodeKind::integer, "42"},
        {"\"${NONE:-${N}}\"", NodeKind::integer, "42"},
        {"\"${NONE:-${EMPTY:-{x}}\"", NodeKind::text, "{x"},
        {"\"${NONE:-a:-b}\"", NodeKind::text, "a:-b"},
        {"\"$$\"", NodeKind::text, "$"},
        {"\"$${N}\"", NodeKind::text, "${N}"},
        {"\"$$$$1\"", NodeKind::text, "$$1"},
        {"$$7", NodeKind::text, "$7"},
        {"'7'", NodeKind::text, "7"},
        {"\"${L}\"", NodeKind::text, "[1]"},
    };

    for (const Expansion& c : cases) {
        auto tree = parse_yaml(std::string("v: ") + c.in + "\n", "p.yaml");
        ASSERT_TRUE(tree) << c.in;
        auto done = expand_variables(*tree, environment(variables));
        ASSERT_TRUE(done) << c.in << ": " << done.error().what;
        EXPECT_EQ(tree->find("v")->kind, c.kind) << c.in;
        EXPECT_EQ(tree->find("v")->text, c.text) << c.in;
    }
}

TEST(Variables, BadReferences) {
    for (const char* text : {"$", "$N", "${", "${}", "${N", "${1N}", "${N:?x}", "${N-7}", "${ N}",
                             "${NONE:-${}}", "${NONE:-$}", "a$"}) {
        auto tree = parse_yaml(std::string("v: '") + text + "'\n", "p.yaml");
        ASSERT_TRUE(tree) << text;
        EXPECT_FALSE(expand_variables(*tree, environment({{"N", "42"}}))) << text;
    }
}

TEST(Variables, AVariableCannotAddKeys) {
    const std::string text = profile_with({{9, "  e: {interface: \"${IF}\"}"}});

    EXPECT_NE(parse_error(text, {{"IF", "eth1}\n  f: {interface: eth2"}}), "");
    EXPECT_NE(parse_error(text, {{"IF", "eth1\nmetrics: {}"}}), "");
}

TEST(Variables, DollarsSurviveAnotherExpansion) {
    for (const char* text : {"$", "a$b", "$$", "${N}", "$${N}", "plain"}) {
        Node node;
        node.kind = NodeKind::text;
        node.quoted = true;
        node.text = escape_dollars(text);
        ASSERT_TRUE(expand_variables(node, environment({})));
        EXPECT_EQ(node.text, text);
    }
}

TEST(Variables, TheProcessHasAnEnvironment) {
    EXPECT_TRUE(process_environment()("PATH"));
    EXPECT_FALSE(process_environment()("XM_SURELY_NOT_SET"));
}

}  // namespace
}  // namespace xdpmirror::test
