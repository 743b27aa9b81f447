// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A record survives its file; what is not one is refused; which record a rollback goes to.
#include "loader/history/change_record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loader/history/sha256.h"

namespace xdpmirror {
namespace {

ChangeRecord record(std::uint64_t number, const std::string& configuration) {
    return {.number = number,
            .time_ns = 1'795'000'000'123'456'789,
            .who = {.login = "alice", .effective = "root", .unit = ""},
            .command = "reload",
            .version = "0.1.0",
            .profile = "prod",
            .path = "/etc/xdpmirror/prod.yaml",
            .configuration_id = 0xfedcba9876543210,
            .hash = sha256(configuration),
            .effective_json = configuration};
}

std::string error_of(const std::string& text) {
    const auto parsed = parse_change_record(text);
    return parsed ? "" : parsed.error().what;
}

// The record as text with one key changed, or gone.
std::string with(const char* key, const nlohmann::ordered_json& value) {
    auto json = nlohmann::ordered_json::parse(to_text(record(7, "{}")));
    if (value.is_discarded())
        json.erase(key);
    else
        json[key] = value;
    return json.dump();
}

TEST(Sha256, IsTheOneOfFips180) {
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(short_hash(sha256("abc")), "ba7816bf8f01");
}

TEST(ChangeRecord, SurvivesItsFile) {
    const auto written = record(7, R"({"version":1,"sources":[{"name":"a\"b"}]})");
    const auto parsed = parse_change_record(to_text(written));

    ASSERT_TRUE(parsed) << parsed.error().what;
    EXPECT_EQ(*parsed, written);
}

TEST(ChangeRecord, OfAnotherHandIsRefused) {
    for (const char* text : {"", "{", "[]", "null", "{}", "\x80"}) {
        EXPECT_EQ(error_of(text), "is not what xdpmirror has written") << text;
    }
    const auto whole = nlohmann::ordered_json::parse(to_text(record(7, "{}")));
    for (const auto& [key, value] : whole.items()) {
        EXPECT_EQ(error_of(with(key.c_str(), nlohmann::ordered_json(
                                                 nlohmann::ordered_json::value_t::discarded))),
                  "is not what xdpmirror has written")
            << "without " << key;
        EXPECT_EQ(error_of(with(key.c_str(), nullptr)), "is not what xdpmirror has written") << key;
    }
}

TEST(ChangeRecord, CutAnywhereIsRefused) {
    const auto text = to_text(record(7, R"({"version":1})"));
    for (std::size_t bytes = 0; bytes + 2 < text.size(); bytes++)
        EXPECT_NE(error_of(text.substr(0, bytes)), "");
}

TEST(ChangeRecord, OfANewerFormatIsRefused) {
    EXPECT_EQ(error_of(with("format", 2)),
              "is of format 2, and this xdpmirror reads format 1; read it with the newer one that "
              "wrote it");
}

TEST(ChangeRecord, ThatWasEditedIsRefused) {
    EXPECT_EQ(error_of(with("configuration", "{ }")),
              "was changed since it was written: its configuration has another hash");
}

// Newest first: A, B, B, C.
const std::vector<ChangeRecord> kRecords = {record(9, "A"), record(7, "B"), record(6, "B"),
                                            record(2, "C")};

std::string chosen(std::optional<std::uint64_t> number, const std::string& current) {
    const auto found = record_to_roll_back_to("eth0", kRecords, number, sha256(current));
    return found ? std::to_string(found->number) : found.error().what;
}

TEST(RollBack, GoesToTheNewestOtherConfiguration) {
    EXPECT_EQ(chosen({}, "A"), "7");
    EXPECT_EQ(chosen({}, "B"), "9");
    EXPECT_EQ(chosen({}, "never recorded"), "9");
}

TEST(RollBack, GoesToTheRecordThatIsNamed) {
    EXPECT_EQ(chosen(6, "A"), "6");
    EXPECT_EQ(chosen(2, "B"), "2");
}

TEST(RollBack, SaysWhyItCannot) {
    EXPECT_EQ(chosen(5, "A"),
              "the history of eth0 has no record 5; see which there are: xdpmirror history eth0");
    EXPECT_EQ(chosen(6, "B"),
              "record 6 of eth0 is the configuration that is there now; choose another one: "
              "xdpmirror history eth0");
    const auto none = record_to_roll_back_to("eth0", {kRecords[0]}, {}, sha256("A"));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().what,
              "the history of eth0 has no other configuration than the one that is there now; give "
              "it one: "
              "xdpmirror reload eth0 --profile NAME");
}

}  // namespace
}  // namespace xdpmirror
