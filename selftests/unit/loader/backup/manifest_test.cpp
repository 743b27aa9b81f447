// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A backup is used whole, as it was written, or not at all.
#include "loader/backup/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loader/backup/archive.h"

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

const Backup kBackup = {.manifest = {.version = "0.1.0",
                                     .host = "node7",
                                     .time_ns = 1'795'000'000'123'456'789,
                                     .attachments = {{.interface = "eth0",
                                                      .profile = "prod",
                                                      .mode = "native",
                                                      .shared = false,
                                                      .effective_json = R"({"version":1})"}}},
                        .files = {{"etc/xdpmirror/prod.yaml", 0640, "version: 1\n"},
                                  {"var/lib/xdpmirror/eth0.pools", 0644, "{}\n"}}};

std::string refusal(const std::string& bytes) {
    const auto backup = from_archive(bytes);
    return backup ? "" : backup.error().what;
}

// The good one, with another manifest or other files.
std::string changed(
    const std::function<void(Json&)>& change,
    const std::function<void(std::vector<BackupFile>&)>& files = [](std::vector<BackupFile>&) {}) {
    auto all = *unpack(*to_archive(kBackup));
    auto json = Json::parse(all.front().text);
    change(json);
    all.front().text = json.dump();
    files(all);
    return *pack(all, 0);
}

std::string with_files(const std::function<void(std::vector<BackupFile>&)>& files) {
    return changed([](Json&) {}, files);
}

TEST(Backup, SurvivesItsArchive) {
    const auto backup = from_archive(*to_archive(kBackup));
    ASSERT_TRUE(backup) << backup.error().what;
    EXPECT_EQ(backup->manifest, kBackup.manifest);
    EXPECT_EQ(backup->files, kBackup.files);
}

TEST(Backup, OfANewerFormatIsRefused) {
    EXPECT_EQ(refusal(changed([](Json& json) { json["format"] = 2; })),
              "it is of format 2, and this xdpmirror reads format 1; restore it with the newer one "
              "that wrote it");
}

TEST(Backup, WithoutAManifestIsRefused) {
    EXPECT_EQ(refusal(*pack({{"etc/xdpmirror/prod.yaml", 0600, ""}}, 0)),
              "it has no manifest.json, so it is no backup of xdpmirror");
    EXPECT_EQ(refusal(*pack({{"etc/a", 0600, ""}, {"manifest.json", 0600, "{}"}}, 0)),
              "it has no manifest.json, so it is no backup of xdpmirror");
}

TEST(Backup, ManifestsOfAnotherHandAreRefused) {
    const char* const sentence =
        "its manifest.json is not what xdpmirror has written; make a new one: xdpmirror backup";
    const std::function<void(Json&)> changes[] = {
        [](Json& json) { json = 3; },
        [](Json& json) { json.erase("format"); },
        [](Json& json) { json.erase("host"); },
        [](Json& json) { json["files"] = 1; },
        [](Json& json) { json["files"][0] = "x"; },
        [](Json& json) { json["files"][0].erase("hash"); },
        [](Json& json) { json["attachments"] = Json::object(); },
        [](Json& json) { json["attachments"][0] = 7; },
        [](Json& json) { json["attachments"][0]["mode"] = "fast"; },
        [](Json& json) { json["attachments"][0]["shared"] = "no"; },
        [](Json& json) { json["attachments"][0]["configuration"] = "{}"; },
        [](Json& json) { json["attachments"][0]["interface"] = "../eth0"; },
        [](Json& json) { json["attachments"][0]["interface"] = "a-name-too-long-for-one"; },
    };
    for (const auto& change : changes) EXPECT_EQ(refusal(changed(change)), sentence);
    EXPECT_EQ(refusal(changed([](Json&) {}, [](auto& files) { files.front().text = "{"; })),
              sentence);
}

TEST(Backup, FilesThatAreNotThoseOfTheManifestAreRefused) {
    EXPECT_EQ(
        refusal(with_files([](auto& files) { files[1].text += "x"; })),
        "'etc/xdpmirror/prod.yaml' in it was changed since it was written: it has another hash");
    EXPECT_EQ(refusal(with_files([](auto& files) { files.pop_back(); })),
              "'var/lib/xdpmirror/eth0.pools' is missing in it");
    EXPECT_EQ(refusal(with_files([](auto& files) {
                  files.push_back({"etc/xdpmirror/b.yaml", 0600, ""});
              })),
              "it has 'etc/xdpmirror/b.yaml', which no backup of xdpmirror has");
}

TEST(Backup, FilesOfOthersAreRefusedAlsoIfTheManifestHasThem) {
    auto backup = kBackup;
    backup.files.push_back({"etc/cron.d/job", 0644, "* * * * * root x\n"});
    EXPECT_EQ(refusal(*to_archive(backup)),
              "it has 'etc/cron.d/job', which no backup of xdpmirror has");
}

}  // namespace
}  // namespace xdpmirror
