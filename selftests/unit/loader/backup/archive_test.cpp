// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What was packed is unpacked; what somebody else packed is refused unless it is plain files in
// their places.
#include "loader/backup/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace xdpmirror {
namespace {

using testing::HasSubstr;

const std::vector<BackupFile> kFiles = {
    {"manifest.json", 0600, "{}"},
    {"etc/xdpmirror/prod.yaml", 0644, std::string(70'000, 'x') + std::string("\0\xff", 2)},
    {"var/lib/xdpmirror/eth0.pools", 0600, ""},
};

std::string good() {
    auto packed = pack(kFiles, 1'795'000'000);
    EXPECT_TRUE(packed);
    return packed ? *packed : "";
}

std::string refusal(const std::string& bytes) {
    const auto unpacked = unpack(bytes);
    return unpacked ? "" : unpacked.error().what;
}

la_ssize_t append(archive*, void* to, const void* bytes, std::size_t count) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), count);
    return static_cast<la_ssize_t>(count);
}

// An archive of one entry that somebody else made.
std::string foreign(
    const std::string& path,
    const std::function<void(archive_entry*)>& change = [](archive_entry*) {}) {
    std::string bytes;
    archive* writer = archive_write_new();
    archive_write_add_filter_gzip(writer);
    archive_write_set_format_pax_restricted(writer);
    archive_write_open(writer, &bytes, nullptr, append, nullptr);
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, path.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    change(entry);
    archive_write_header(writer, entry);
    archive_entry_free(entry);
    archive_write_close(writer);
    archive_write_free(writer);
    return bytes;
}

TEST(Archive, UnpacksWhatWasPacked) {
    const auto unpacked = unpack(good());
    ASSERT_TRUE(unpacked) << unpacked.error().what;
    EXPECT_EQ(*unpacked, kFiles);
}

TEST(Archive, CutAnywhereIsRefused) {
    const auto whole = good();
    for (std::size_t bytes = 0; bytes < whole.size(); bytes++)
        EXPECT_NE(refusal(whole.substr(0, bytes)), "") << bytes << " of " << whole.size();
}

TEST(Archive, SomethingElseIsRefused) {
    EXPECT_EQ(refusal(""), "it is no gzip file");
    EXPECT_EQ(refusal(std::string(4096, 'x')), "it is no gzip file");
    EXPECT_NE(refusal(*pack({}, 0)), "it is no gzip file");
}

TEST(Archive, PathsThatLeadElsewhereAreRefused) {
    for (const char* path :
         {"/etc/passwd", "../etc/passwd", "etc/xdpmirror/../../passwd", "./etc/x", "etc//x", ".."})
        EXPECT_THAT(refusal(foreign(path)), HasSubstr("which leads elsewhere")) << path;
    EXPECT_EQ(refusal(foreign("etc/xdpmirror/a.yaml")), "");
}

TEST(Archive, AnythingButFilesIsRefused) {
    const std::pair<const char*, std::function<void(archive_entry*)>> changes[] = {
        {"symlink",
         [](archive_entry* entry) {
             archive_entry_set_filetype(entry, AE_IFLNK);
             archive_entry_set_symlink(entry, "/etc/passwd");
         }},
        {"hard link",
         [](archive_entry* entry) { archive_entry_set_hardlink(entry, "etc/passwd"); }},
        {"device",
         [](archive_entry* entry) {
             archive_entry_set_filetype(entry, AE_IFCHR);
             archive_entry_set_rdev(entry, 0x103);
         }},
        {"pipe", [](archive_entry* entry) { archive_entry_set_filetype(entry, AE_IFIFO); }},
    };
    for (const auto& [what, change] : changes)
        EXPECT_EQ(refusal(foreign("etc/xdpmirror/a", change)),
                  "it has 'etc/xdpmirror/a', which is no regular file")
            << what;
    EXPECT_NE(
        refusal(foreign("etc/xdpmirror",
                        [](archive_entry* entry) { archive_entry_set_filetype(entry, AE_IFDIR); })),
        "");
}

TEST(Archive, TwiceTheSameIsRefused) {
    EXPECT_EQ(refusal(*pack({{"etc/a", 0600, "1"}, {"etc/a", 0600, "2"}}, 0)),
              "it has 'etc/a' twice");
}

TEST(Archive, RightsBeyondPermissionsAreDropped) {
    const auto unpacked = unpack(
        foreign("etc/a", [](archive_entry* entry) { archive_entry_set_perm(entry, 06755); }));
    ASSERT_TRUE(unpacked);
    EXPECT_EQ(unpacked->at(0).mode, 0755U);
}

TEST(BackupPath, IsOneOfOurs) {
    for (const char* path :
         {"etc/xdpmirror/prod.yaml", "etc/xdpmirror/site/a.yaml", "etc/default/xdpmirror-eth0",
          "var/lib/xdpmirror/eth0.history/00000001.json"})
        EXPECT_TRUE(is_backup_path(path)) << path;
    for (const char* path :
         {"", "etc/passwd", "etc/xdpmirror/", "etc/xdpmirror/../passwd", "etc/xdpmirror/./a",
          "/etc/xdpmirror/a", "etc/default/other", "var/lib/xdpmirrors/a"})
        EXPECT_FALSE(is_backup_path(path)) << path;
}

}  // namespace
}  // namespace xdpmirror
