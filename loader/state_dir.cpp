// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Pins are files of bpffs; removing one drops its reference.
#include "loader/state_dir.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace xdpmirror {
namespace {

const std::string kRoot = std::string(kBpffs) + "/xdpmirror";

std::string swapped(std::string name, char from, char to) {
    std::replace(name.begin(), name.end(), from, to);
    return name;
}

std::vector<std::string> names_in(const std::string& path) {
    std::vector<std::string> names;
    const auto close = [](DIR* dir) { ::closedir(dir); };
    std::unique_ptr<DIR, decltype(close)> dir(::opendir(path.c_str()), close);
    if (!dir) return names;
    while (const dirent* entry = ::readdir(dir.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<> make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return Ok{};
    const int err = errno;
    return system_error("create " + path, err);
}

}  // namespace

StateDir::StateDir(const std::string& interface)
    : path_(kRoot + "/" + swapped(interface, '.', ':')) {}

bool StateDir::exists() const { return ::access(path_.c_str(), F_OK) == 0; }

bool StateDir::has(const std::string& name) const {
    return ::access(file(name).c_str(), F_OK) == 0;
}

Result<> StateDir::create() const {
    if (auto made = make_directory(kRoot); !made) return made.error();
    return make_directory(path_);
}

Result<> StateDir::pin(int fd, const std::string& name) const {
    if (bpf_obj_pin(fd, file(name).c_str()) == 0) return Ok{};
    const int err = errno;
    return system_error("pin " + file(name), err);
}

Result<UniqueFd> StateDir::open(const std::string& name) const {
    const int fd = bpf_obj_get(file(name).c_str());
    if (fd >= 0) return UniqueFd(fd);
    const int err = errno;
    return system_error("open " + file(name), err);
}

std::vector<std::string> StateDir::entries() const { return names_in(path_); }

Result<> StateDir::move(const std::string& name, const StateDir& to) const {
    if (::rename(file(name).c_str(), to.file(name).c_str()) == 0) return Ok{};
    const int err = errno;
    return system_error("move " + file(name) + " to " + to.path(), err);
}

Result<> StateDir::remove(const std::string& name) const {
    if (::unlink(file(name).c_str()) == 0 || errno == ENOENT) return Ok{};
    const int err = errno;
    return system_error("remove " + file(name), err);
}

Result<> StateDir::remove_all() const {
    if (auto removed = remove("link"); !removed) return removed.error();
    for (const auto& name : entries()) {
        if (auto removed = remove(name); !removed) return removed.error();
    }
    if (::rmdir(path_.c_str()) != 0 && errno != ENOENT) {
        const int err = errno;
        return system_error("remove " + path_, err);
    }
    ::rmdir(kRoot.c_str());  // stays if another attachment is in it
    return Ok{};
}

std::vector<std::string> StateDir::interfaces() {
    std::vector<std::string> interfaces;
    for (const auto& name : names_in(kRoot)) interfaces.push_back(swapped(name, ':', '.'));
    return interfaces;
}

Result<> require_bpffs() {
    struct statfs info {};
    if (::statfs(kBpffs, &info) == 0 && static_cast<unsigned long>(info.f_type) == BPF_FS_MAGIC)
        return Ok{};
    return Error{std::string("no BPF file system at ") + kBpffs +
                 ", where the data plane is pinned; mount it: mount -t bpf bpf " + kBpffs};
}

}  // namespace xdpmirror
