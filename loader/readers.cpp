// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/readers.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

constexpr const char* kBpffs = "/sys/fs/bpf";

std::optional<gid_t> find_readers() {
    const auto* group = ::getgrnam(kReaders);
    if (group == nullptr) return std::nullopt;
    return group->gr_gid;
}

std::optional<gid_t> readers() {
    static const auto group = find_readers();
    return group;
}

bool can_cross(const std::string& directory) {
    const UniqueFd fd(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return fd && ::faccessat(fd.get(), ".", X_OK, AT_EACCESS) == 0;
}

}  // namespace

void let_readers(const std::string& path, mode_t mode) {
    const auto group = readers();
    struct stat about {};
    if (!group || ::stat(path.c_str(), &about) != 0) return;
    // the daemon may not give files away, and need not: its own are the group's
    if (about.st_gid != *group && ::chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0)
        return;
    static_cast<void>(::chmod(path.c_str(), mode));
}

Error not_a_reader(const std::string& path, int err) {
    const std::string what = path + " is for root and for members of the group " + kReaders;
    if (path.starts_with(kBpffs) && !can_cross(kBpffs))
        return system_error(
            what + ", who cannot cross " + kBpffs + "; as root: chmod 0711 " + kBpffs, err);
    if (!readers())
        return system_error(
            what + ", which is not there; run it as root, or make the group: systemd-sysusers",
            err);
    return system_error(
        what + "; run it as root, or be made one, and log in anew: adduser USER " + kReaders, err);
}

Result<> may_look_into(const std::string& directory) {
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const int err = errno;
    if (fd || err != EACCES) return Ok{};
    return not_a_reader(directory, err);
}

}  // namespace xdpmirror
