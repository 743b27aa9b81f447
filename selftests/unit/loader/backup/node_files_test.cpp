// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which files of a node are taken; that they are put whole or not at all.
#include "loader/backup/node_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
namespace fs = std::filesystem;

class NodeFilesTest : public testing::Test {
  protected:
    NodeFilesTest() {
        std::string name = (fs::temp_directory_path() / "node.XXXXXX").string();
        root_ = ::mkdtemp(name.data());
    }
    ~NodeFilesTest() override { fs::remove_all(root_); }

    void put(const std::string& path, const std::string& text) const {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
    }

    // By path, everything below the root.
    std::map<std::string, std::string> there() const {
        std::map<std::string, std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator(root_)) {
            if (!entry.is_regular_file()) continue;
            std::ifstream file(entry.path());
            files[fs::relative(entry.path(), root_)] =
                std::string(std::istreambuf_iterator<char>(file), {});
        }
        return files;
    }

    std::vector<std::string> collected() const {
        std::vector<std::string> paths;
        auto files = collect_node_files(root_);
        if (!files) return {files.error().what};
        for (const auto& file : *files) paths.push_back(file.path + "=" + file.text);
        return paths;
    }

    std::string error_of_put(const std::vector<BackupFile>& files) const {
        const auto done = put_files(files, root_);
        return done ? "" : one_line(done.error());
    }

    fs::path root_;
};

TEST_F(NodeFilesTest, OfABareNodeThereAreNone) {
    EXPECT_THAT(collected(), IsEmpty());
}

TEST_F(NodeFilesTest, WhatIsOursIsTaken) {
    put("etc/xdpmirror/prod.yaml", "a");
    put("etc/xdpmirror/site/b.yaml", "b");
    put("etc/default/xdpmirror-eth0", "c");
    put("var/lib/xdpmirror/eth0.pools", "d");
    put("var/lib/xdpmirror/eth0.history/00000001.json", "e");
    put("elsewhere/c.yaml", "f");
    fs::create_symlink(root_ / "elsewhere/c.yaml", root_ / "etc/xdpmirror/c.yaml");
    // somebody else's, of this machine alone, or on its way
    put("etc/default/ssh", "");
    put("etc/xdpmirror/prod.yaml~", "");
    put("var/lib/xdpmirror/tune-eth0.json", "");
    put("var/lib/xdpmirror/eth0.pools.new", "");
    put("var/lib/xdpmirror/eth0.history/00000002.pending", "");
    EXPECT_THAT(collected(), ElementsAre("etc/default/xdpmirror-eth0=c", "etc/xdpmirror/c.yaml=f",
                                         "etc/xdpmirror/prod.yaml=a", "etc/xdpmirror/site/b.yaml=b",
                                         "var/lib/xdpmirror/eth0.history/00000001.json=e",
                                         "var/lib/xdpmirror/eth0.pools=d"));
}

TEST_F(NodeFilesTest, ComeBackAsTheyWere) {
    put("etc/xdpmirror/prod.yaml", "a");
    put("var/lib/xdpmirror/eth0.history/00000001.json", "e");
    fs::permissions(root_ / "etc/xdpmirror/prod.yaml", fs::perms::owner_read);
    const auto files = *collect_node_files(root_);
    const auto before = there();
    fs::remove_all(root_ / "etc");
    fs::remove_all(root_ / "var");
    EXPECT_EQ(error_of_put(files), "");
    EXPECT_EQ(there(), before);
    EXPECT_EQ(fs::status(root_ / "etc/xdpmirror/prod.yaml").permissions(), fs::perms::owner_read);
    EXPECT_EQ(fs::status(root_ / "var/lib/xdpmirror/eth0.history").permissions(),
              fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
    EXPECT_EQ(*collect_node_files(root_), files);
}

TEST_F(NodeFilesTest, HaveAFate) {
    put("etc/xdpmirror/a", "same");
    put("etc/xdpmirror/b", "other");
    fs::create_directories(root_ / "etc/xdpmirror/d");
    EXPECT_EQ(*fate_of({"etc/xdpmirror/a", 0644, "same"}, root_), FileFate::same);
    EXPECT_EQ(*fate_of({"etc/xdpmirror/b", 0644, "mine"}, root_), FileFate::replace);
    EXPECT_EQ(*fate_of({"etc/xdpmirror/c", 0644, ""}, root_), FileFate::create);
    const auto directory = fate_of({"etc/xdpmirror/d", 0644, ""}, root_);
    ASSERT_FALSE(directory);
    EXPECT_THAT(directory.error().what,
                HasSubstr("etc/xdpmirror/d is no regular file; move it away first"));
}

TEST_F(NodeFilesTest, WhenOneCannotBeWrittenAllAreAsTheyWere) {
    put("etc/xdpmirror/a", "old");
    put("var/lib", "a file where a directory should be");
    const auto before = there();
    EXPECT_THAT(error_of_put({{"etc/xdpmirror/a", 0644, "new"},
                              {"etc/default/xdpmirror-eth0", 0644, "new"},
                              {"var/lib/xdpmirror/eth0.pools", 0644, "new"}}),
                HasSubstr("Not a directory"));
    EXPECT_EQ(there(), before);
    EXPECT_FALSE(fs::exists(root_ / "etc/default"));
}

// The last step fails: a file that even root cannot replace.
TEST_F(NodeFilesTest, WhenOneCannotBeReplacedAllAreAsTheyWere) {
    put("etc/xdpmirror/a", "old");
    put("etc/xdpmirror/b", "old");
    const UniqueFd file(::open((root_ / "etc/xdpmirror/b").c_str(), O_RDONLY | O_CLOEXEC));
    int flags = 0;
    if (::ioctl(file.get(), FS_IOC_GETFLAGS, &flags) != 0)
        GTEST_SKIP() << "the file system has no immutable files";
    const int immutable = flags | FS_IMMUTABLE_FL;
    if (::ioctl(file.get(), FS_IOC_SETFLAGS, &immutable) != 0)
        GTEST_SKIP() << "needs root: it makes a file immutable";
    const auto before = there();
    const auto error = error_of_put({{"etc/xdpmirror/a", 0644, "new"},
                                     {"etc/xdpmirror/c", 0644, "new"},
                                     {"etc/xdpmirror/b", 0644, "new"}});
    const auto after = there();
    ::ioctl(file.get(), FS_IOC_SETFLAGS, &flags);
    EXPECT_THAT(error, HasSubstr("etc/xdpmirror/b: Operation not permitted"));
    EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace xdpmirror
