// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// /proc/locks names the file of each lock by device and inode.
#include "loader/held_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

bool is_listed(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return false;
    const auto file =
        fmt::format(" {:02x}:{:02x}:{} ", major(about.st_dev), minor(about.st_dev), about.st_ino);
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        // "1: OFDLCK ADVISORY  WRITE -1 00:1a:1234 0 EOF"; behind "->" somebody waits for it
        if (line.find("OFDLCK") != std::string::npos && line.find(" WRITE ") != std::string::npos &&
            line.find("->") == std::string::npos && line.find(file) != std::string::npos)
            return true;
    }
    return false;
}

// Of the whole file, and of the descriptor it is asked with.
struct flock whole_file(short type) {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;
}

}  // namespace

Result<UniqueFd> hold_lock(const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path().string();
    if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
        const int err = errno;
        return system_error("create " + directory, err);
    }
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) {
        const int err = errno;
        return system_error("open " + path, err);
    }
    auto lock = whole_file(F_WRLCK);
    if (::fcntl(file.get(), F_OFD_SETLK, &lock) == 0) return file;
    const int err = errno;
    return system_error("lock " + path, err == EACCES ? EAGAIN : err);
}

bool is_lock_held(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const int err = errno;
    if (!file) return err == EACCES && is_listed(path);
    auto lock = whole_file(F_RDLCK);
    return ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace xdpmirror
