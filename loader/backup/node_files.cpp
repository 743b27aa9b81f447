// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Putting files goes in two rounds: all of them beside their places and to the disk, which may
// fail, then renamed.
#include "loader/backup/node_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "loader/whole_file.h"

namespace xdpmirror {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStaged = ".restored";

std::string whole_path(const std::string& root, const std::string& path) {
    return (fs::path(root) / path).string();
}

bool ends_like_ours(const std::string& path) {
    const auto has = [&path](const char* suffix) { return path.ends_with(suffix); };
    // what NIC settings were before `tune` is of this machine and of nobody else
    if (path.starts_with("var/lib/"))
        return has(".pools") || (path.find(".history/") != std::string::npos && has(".json"));
    return !has(kStaged) && !has(".new") && !has("~");
}

Result<BackupFile> read_node_file(const std::string& root, const std::string& path) {
    const std::string whole = whole_path(root, path);
    struct stat info {};
    std::ifstream file(whole, std::ios::binary);
    const int err = errno;
    if (!file || ::stat(whole.c_str(), &info) != 0) return system_error("read " + whole, err);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Error{"cannot read " + whole};
    return BackupFile{.path = path, .mode = info.st_mode & 0777, .text = text.str()};
}

// Regular files below a directory, and links to such; paths from the root.
Result<std::vector<std::string>> files_below(const std::string& root,
                                             const std::string& directory) {
    std::vector<std::string> paths;
    std::error_code fault;
    fs::recursive_directory_iterator entry(whole_path(root, directory), fault);

    if (fault.value() == ENOENT) return paths;
    for (; !fault && entry != fs::recursive_directory_iterator(); entry.increment(fault)) {
        if (entry->is_regular_file(fault))
            paths.push_back(entry->path().lexically_relative(root).string());
        fault.clear();
    }
    if (fault) return system_error("read " + whole_path(root, directory), fault.value());
    return paths;
}

// What was made so far, to be taken away again.
class Staging {
  public:
    Staging() = default;
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    ~Staging() {
        if (done_) return;
        for (const auto& file : files_) ::unlink(file.c_str());
        for (auto path = directories_.rbegin(); path != directories_.rend(); ++path)
            ::rmdir(path->c_str());
    }

    Result<> make_directories(const fs::path& path, mode_t mode) {
        if (fs::is_directory(path)) return Ok{};
        if (auto made = make_directories(path.parent_path(), 0755); !made) return made;
        if (::mkdir(path.c_str(), mode) != 0) {
            const int err = errno;
            return system_error("create " + path.string(), err);
        }
        directories_.push_back(path);
        return Ok{};
    }

    Result<> write(const std::string& path, const BackupFile& file) {
        files_.push_back(path);
        if (auto written = write_whole_file(path, file.text, file.mode); !written) return written;
        if (::chmod(path.c_str(), file.mode) == 0) return Ok{};
        const int err = errno;
        return system_error("write " + path, err);
    }

    void keep() { done_ = true; }

  private:
    std::vector<std::string> files_;
    std::vector<std::string> directories_;
    bool done_ = false;
};

using Before = std::map<std::string, BackupFile>;  // what was replaced, by its path

// Those that have their new text already get the old one.
void put_back(const Before& before, const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
        const auto old = before.find(path);
        if (old == before.end())
            ::unlink(path.c_str());
        else
            static_cast<void>(write_whole_file(path, old->second.text, old->second.mode));
    }
}

// Only its owner may look at a history.
mode_t mode_of_directory(const std::string& path) {
    return path.ends_with(".history") ? 0750 : 0755;
}

}  // namespace

Result<std::vector<BackupFile>> collect_node_files(const std::string& root) {
    std::vector<BackupFile> files;

    for (const char* directory : {"etc/default", "etc/xdpmirror", "var/lib/xdpmirror"}) {
        auto paths = files_below(root, directory);
        if (!paths) return paths.error();
        std::ranges::sort(*paths);
        for (const auto& path : *paths) {
            if (!is_backup_path(path) || !ends_like_ours(path)) continue;
            auto file = read_node_file(root, path);
            if (!file) return file.error();
            files.push_back(std::move(*file));
        }
    }
    return files;
}

Result<FileFate> fate_of(const BackupFile& file, const std::string& root) {
    const std::string whole = whole_path(root, file.path);
    struct stat info {};
    if (::stat(whole.c_str(), &info) != 0) {
        const int err = errno;
        if (err == ENOENT) return FileFate::create;
        return system_error("read " + whole, err);
    }
    if (!S_ISREG(info.st_mode)) return Error{whole + " is no regular file; move it away first"};
    auto there = read_node_file(root, file.path);
    if (!there) return there.error();
    return there->text == file.text ? FileFate::same : FileFate::replace;
}

Result<> put_files(const std::vector<BackupFile>& files, const std::string& root) {
    Staging staging;
    std::vector<std::string> staged;
    Before before;
    std::set<std::string> directories;

    for (const auto& file : files) {
        auto fate = fate_of(file, root);
        if (!fate) return fate.error();
        if (*fate == FileFate::same) continue;
        const std::string whole = whole_path(root, file.path);
        if (*fate == FileFate::replace) {
            auto old = read_node_file(root, file.path);
            if (!old) return old.error();
            before.emplace(whole, std::move(*old));
        }
        const auto directory = fs::path(whole).parent_path();
        if (auto made = staging.make_directories(directory, mode_of_directory(directory)); !made)
            return made;
        if (auto written = staging.write(whole + kStaged, file); !written) return written;
        staged.push_back(whole);
        directories.insert(directory);
    }
    for (std::size_t i = 0; i < staged.size(); ++i) {
        if (std::rename((staged[i] + kStaged).c_str(), staged[i].c_str()) == 0) continue;
        const int err = errno;
        put_back(before, {staged.begin(), staged.begin() + static_cast<std::ptrdiff_t>(i)});
        return system_error("write " + staged[i], err);
    }
    staging.keep();
    for (const auto& directory : directories) {
        if (auto synced = sync_directory(directory); !synced) return synced;
    }
    return Ok{};
}

}  // namespace xdpmirror
