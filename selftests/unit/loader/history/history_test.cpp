// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Records come and go by halves; what is broken is named and left alone.
#include "loader/history/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "loader/history/sha256.h"

namespace xdpmirror {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class HistoryTest : public testing::Test {
  protected:
    HistoryTest() {
        std::string name = (fs::temp_directory_path() / "history.XXXXXX").string();
        root_ = ::mkdtemp(name.data());
        directory_ = root_ / "xdpmirror";
    }
    ~HistoryTest() override { fs::remove_all(root_); }

    History history(const std::string& interface = "eth0") const {
        return History(interface, directory_);
    }

    static ChangeRecord change(const std::string& configuration, std::uint64_t id = 1) {
        ChangeRecord record;
        record.command = "reload";
        record.profile = "prod";
        record.configuration_id = id;
        record.effective_json = configuration;
        return record;
    }

    void apply(const std::string& configuration) const {
        auto pending = history().prepare(change(configuration));
        ASSERT_TRUE(pending) << one_line(pending.error());
        auto done = history().commit(*pending);
        ASSERT_TRUE(done) << one_line(done.error());
    }

    std::vector<std::string> configurations() const {
        auto contents = history().read();
        std::vector<std::string> found;
        if (!contents) return {contents.error().what};
        for (const auto& record : contents->records)
            found.push_back(std::to_string(record.number) + " " + record.effective_json);
        return found;
    }

    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(history().path()))
            names.push_back(entry.path().filename());
        std::ranges::sort(names);
        return names;
    }

    void put(const std::string& name, const std::string& text) const {
        std::ofstream(history().path() + "/" + name) << text;
    }

    fs::path root_, directory_;
};

TEST_F(HistoryTest, BeginsEmpty) {
    EXPECT_THAT(configurations(), IsEmpty());
    EXPECT_THAT(History::interfaces(directory_), IsEmpty());
}

TEST_F(HistoryTest, ListsTheNewestFirst) {
    apply("A");
    apply("B");
    EXPECT_THAT(configurations(), ElementsAre("2 B", "1 A"));
    EXPECT_THAT(History::interfaces(directory_), ElementsAre("eth0"));
}

TEST_F(HistoryTest, FillsInWhatTheCallerLeavesOut) {
    apply("A");
    const auto record = history().read()->records.at(0);
    EXPECT_EQ(record.hash, sha256("A"));
    EXPECT_GT(record.time_ns, 1'700'000'000'000'000'000U);
    EXPECT_FALSE(record.version.empty());
    EXPECT_FALSE(record.who.effective.empty());
}

// The group is that of the directory around it, which the package makes.
TEST_F(HistoryTest, IsForRootAndTheGroupAlone) {
    apply("A");
    EXPECT_EQ(fs::status(history().path()).permissions(),
              fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
    EXPECT_EQ(fs::status(history().path() + "/00000001.json").permissions(),
              fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST_F(HistoryTest, InterfacesDoNotMix) {
    apply("A");
    auto pending = history("eth0.7").prepare(change("B"));
    ASSERT_TRUE(pending);
    ASSERT_TRUE(history("eth0.7").commit(*pending));
    EXPECT_THAT(configurations(), ElementsAre("1 A"));
    EXPECT_THAT(History::interfaces(directory_), ElementsAre("eth0", "eth0.7"));
}

TEST_F(HistoryTest, PendingDoesNotCount) {
    apply("A");
    auto pending = history().prepare(change("B"));
    ASSERT_TRUE(pending);
    EXPECT_THAT(configurations(), ElementsAre("1 A"));
    history().discard(*pending);
    EXPECT_THAT(files(), ElementsAre("00000001.json"));
}

TEST_F(HistoryTest, WhatAKilledProcessLeftIsSettledByWhatIsLoaded) {
    apply("A");
    ASSERT_TRUE(history().prepare(change("B", 20)));
    ASSERT_TRUE(history().prepare(change("C", 30)));
    ASSERT_TRUE(history().recover(30));
    EXPECT_THAT(configurations(), ElementsAre("3 C", "1 A"));
    EXPECT_THAT(files(), ElementsAre("00000001.json", "00000003.json"));
    ASSERT_TRUE(history().recover(30));
    EXPECT_THAT(configurations(), ElementsAre("3 C", "1 A"));
}

TEST_F(HistoryTest, WhatWasHalfWrittenGoes) {
    apply("A");
    put("00000002.pending.new", "{");
    ASSERT_TRUE(history().recover(1));
    EXPECT_THAT(files(), ElementsAre("00000001.json"));
}

TEST_F(HistoryTest, NothingToRecoverIsNoError) {
    EXPECT_TRUE(history().recover(1));
}

TEST_F(HistoryTest, TheOldestGo) {
    for (std::size_t i = 0; i < History::kMost + 3; i++) apply("A" + std::to_string(i));
    const auto left = configurations();
    EXPECT_EQ(left.size(), History::kMost);
    EXPECT_EQ(left.back(), "4 A3");
}

TEST_F(HistoryTest, WhatIsBrokenIsNamedAndLeftAlone) {
    apply("A");
    put("00000002.json", "{\"format\": 1");
    put("00000003.json", R"({"format": 9})");
    put("00000004.pending", "");
    fs::copy(history().path() + "/00000001.json", history().path() + "/00000005.json");
    put("notes.txt", "");
    put("x7.json", "");
    apply("B");
    const auto contents = history().read();
    ASSERT_TRUE(contents);
    EXPECT_THAT(configurations(), ElementsAre("6 B", "1 A"));
    EXPECT_THAT(contents->problems,
                ElementsAre(HasSubstr("00000005.json says that it is number 1"),
                            HasSubstr("00000003.json is of format 9"),
                            HasSubstr("00000002.json is not what xdpmirror has written"),
                            HasSubstr("00000004.pending is not what xdpmirror has written")));
    ASSERT_TRUE(history().recover(1));
    EXPECT_THAT(files(),
                ElementsAre("00000001.json", "00000002.json", "00000003.json", "00000004.pending",
                            "00000005.json", "00000006.json", "notes.txt", "x7.json"));
}

TEST_F(HistoryTest, WhatIsBrokenIsNotRemovedByAge) {
    apply("A");
    put("00000001.json", "torn");
    for (std::size_t i = 0; i < History::kMost; i++) apply("B" + std::to_string(i));
    EXPECT_EQ(files().front(), "00000001.json");
    EXPECT_EQ(configurations().size(), History::kMost - 1);
}

TEST_F(HistoryTest, ADirectoryThatIsNoneIsAnError) {
    std::ofstream(directory_.string()) << "a file";
    const auto pending = history().prepare(change("A"));
    ASSERT_FALSE(pending);
    EXPECT_EQ(one_line(pending.error()), "no history is kept: create " + history().path() +
                                             "; see that " + directory_.string() +
                                             " can be written: findmnt -T " + directory_.string() +
                                             ": Not a directory");
    EXPECT_FALSE(history().read());
    EXPECT_FALSE(history().recover(1));
}

// In a mount namespace of its own, which ends with this test's process.
class HistoryOnATightDisk : public HistoryTest {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root: it mounts a file system";
        ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
        ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        fs::create_directory(directory_);
        ASSERT_EQ(::mount("tmpfs", directory_.c_str(), "tmpfs", 0, "size=16k"), 0);
        mounted_ = true;
    }
    void TearDown() override {
        if (mounted_) ::umount2(directory_.c_str(), MNT_DETACH);
    }
    bool mounted_ = false;
};

TEST_F(HistoryOnATightDisk, FullIsSaidAndLeavesNothingHalf) {
    apply("A");
    const auto pending = history().prepare(change(std::string(100'000, 'x')));
    ASSERT_FALSE(pending);
    EXPECT_THAT(one_line(pending.error()),
                HasSubstr("no history is kept: write " + history().path()));
    EXPECT_THAT(one_line(pending.error()), HasSubstr("; make room there: df " + history().path() +
                                                     ": No space left on device"));
    EXPECT_THAT(files(), ElementsAre("00000001.json"));
    apply("B");
    EXPECT_THAT(configurations(), ElementsAre("2 B", "1 A"));
}

TEST_F(HistoryOnATightDisk, ReadOnlyIsSaid) {
    apply("A");
    auto waiting = history().prepare(change("B"));
    ASSERT_TRUE(waiting);
    ASSERT_EQ(::mount("tmpfs", directory_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
    const auto pending = history().prepare(change("C"));
    ASSERT_FALSE(pending);
    EXPECT_THAT(one_line(pending.error()), HasSubstr("can be written: findmnt -T "));
    EXPECT_THAT(one_line(pending.error()), HasSubstr("Read-only file system"));
    EXPECT_FALSE(history().commit(*waiting));
    EXPECT_THAT(configurations(), ElementsAre("1 A"));
}

}  // namespace
}  // namespace xdpmirror
