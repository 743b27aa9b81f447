// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Pins are files of bpffs; removing one drops its reference.
#include "loader/pin_dir.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>

#include "loader/readers.h"

namespace xdpmirror {

bool PinDir::exists() const { return ::access(path_.c_str(), F_OK) == 0; }

bool PinDir::has(const std::string& name) const { return ::access(file(name).c_str(), F_OK) == 0; }

Result<> PinDir::create() const {
    if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) {
        const int err = errno;
        return system_error("create " + path_, err);
    }
    let_readers(path_, 0750);
    return Ok{};
}

Result<> PinDir::pin(int fd, const std::string& name) const {
    if (bpf_obj_pin(fd, file(name).c_str()) == 0) return Ok{};
    const int err = errno;
    return system_error("pin " + file(name), err);
}

Result<> PinDir::pin_to_read(int fd, const std::string& name) const {
    auto pinned = pin(fd, name);
    if (pinned) let_readers(file(name), 0640);
    return pinned;
}

Result<UniqueFd> PinDir::open(const std::string& name) const {
    const int fd = bpf_obj_get(file(name).c_str());
    if (fd >= 0) return UniqueFd(fd);
    const int err = errno;
    return system_error("open " + file(name), err);
}

Result<UniqueFd> PinDir::open_to_read(const std::string& name) const {
    LIBBPF_OPTS(bpf_obj_get_opts, options, .file_flags = BPF_F_RDONLY);
    const int fd = bpf_obj_get_opts(file(name).c_str(), &options);
    if (fd >= 0) return UniqueFd(fd);
    const int err = errno;
    if (err == EACCES) return not_a_reader(file(name), err);
    if (err == EPERM)
        return system_error("this kernel lets only root read maps (before Linux 5.19, with "
                            "kernel.unprivileged_bpf_disabled); run it as root", err);
    return system_error("open " + file(name), err);
}

std::vector<std::string> PinDir::entries() const {
    std::vector<std::string> names;
    const auto close = [](DIR* dir) { ::closedir(dir); };
    std::unique_ptr<DIR, decltype(close)> dir(::opendir(path_.c_str()), close);
    if (!dir) return names;
    while (const dirent* entry = ::readdir(dir.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<> PinDir::move(const std::string& name, const PinDir& to) const {
    if (::rename(file(name).c_str(), to.file(name).c_str()) == 0) return Ok{};
    const int err = errno;
    return system_error("move " + file(name) + " to " + to.path(), err);
}

Result<> PinDir::rename(const std::string& from, const std::string& to) const {
    if (::rename(file(from).c_str(), file(to).c_str()) == 0) return Ok{};
    const int err = errno;
    return system_error("rename " + file(from) + " to " + to, err);
}

Result<> PinDir::remove(const std::string& name) const {
    if (::unlink(file(name).c_str()) == 0 || errno == ENOENT) return Ok{};
    const int err = errno;
    return system_error("remove " + file(name), err);
}

Result<> PinDir::remove_all() const {
    for (const auto& name : entries()) {
        struct stat info {};
        const bool is_directory = ::lstat(file(name).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
        auto removed = is_directory ? PinDir(file(name)).remove_all() : remove(name);
        if (!removed) return removed;
    }
    if (::rmdir(path_.c_str()) == 0 || errno == ENOENT) return Ok{};
    const int err = errno;
    return system_error("remove " + path_, err);
}

Result<> PinDir::point(const std::string& name, const std::string& target) const {
    const auto passing = file(name + "_next");
    ::unlink(passing.c_str());  // of a loader that was killed
    if (::symlink(target.c_str(), passing.c_str()) != 0 ||
        ::rename(passing.c_str(), file(name).c_str()) != 0) {
        const int err = errno;
        return system_error("point " + file(name) + " to " + target, err);
    }
    return Ok{};
}

std::string PinDir::target(const std::string& name) const {
    std::array<char, PATH_MAX> target{};
    const auto bytes = ::readlink(file(name).c_str(), target.data(), target.size());
    return bytes <= 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(bytes));
}

}  // namespace xdpmirror
