// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every kind of bad input is answered with exactly one line: place, thing, cure.
#include <gtest/gtest.h>

#include "error_cases.h"

namespace xdpmirror::test {
namespace {

template <class C>
std::string test_name(const testing::TestParamInfo<C>& info) {
    std::string name;

    for (const char c : info.param.name) {
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    }
    return name;
}

class BadText : public testing::TestWithParam<ErrorCase> {};

TEST_P(BadText, IsAnsweredWithThisLine) {
    EXPECT_EQ(parse_error(GetParam().text, GetParam().variables), GetParam().error)
        << GetParam().text.substr(0, 2000);
}

INSTANTIATE_TEST_SUITE_P(Config, BadText, testing::ValuesIn(error_cases()), test_name<ErrorCase>);

class BadFile : public testing::TestWithParam<FileCase> {};

TEST_P(BadFile, IsAnsweredWithThisLine) {
    EXPECT_EQ(file_error(GetParam()), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(Config, BadFile, testing::ValuesIn(file_cases()), test_name<FileCase>);

TEST(TooLarge, IsAnsweredWithThisLine) {
    for (const LimitCase& c : limit_cases()) {
        const auto plan = make_plan(c.config);
        ASSERT_FALSE(plan) << c.name;
        EXPECT_EQ(plan.error().what, c.error) << c.name;
        EXPECT_EQ(plan.error().kind, ErrorKind::configuration) << c.name;
    }
}

TEST(TooLarge, TheEffectiveProfileMustFitItsMap) {
    std::string pools = "  p: {collectors: [{address: 192.0.2.1}], via: e}\n";

    for (int i = 0; i < 4300; i++) {
        pools += "  p" + std::to_string(i) +
                 ": {collectors: [{address: 192.0.2.1}], via: e, health: " +
                 "{http: {port: 1, path: " + std::string(1000, '/') + "}}}\n";
    }
    EXPECT_EQ(parse_error(profile_with({{7, pools}})),
              "p.yaml: profile is larger than 4194304 bytes; split it over several interfaces");
}

TEST(Foreign, AViolationThatWeCannotExplainIsStillToldWithItsPlace) {
    EXPECT_EQ(
        foreign_schema_error(),
        "p.yaml:1:4: a does not fit the schema: Value should be a multiple of 2; see 'xdpmirror "
        "config schema'");
}

}  // namespace
}  // namespace xdpmirror::test
