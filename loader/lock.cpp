// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// flock, because the kernel frees it when the process dies.
#include "loader/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

namespace xdpmirror {

Result<UniqueFd> lock_interface(const std::string& interface) {
    const std::string directory = "/run/xdpmirror";
    if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
        const int err = errno;
        return system_error("create " + directory, err);
    }
    const std::string path = directory + "/" + interface + ".lock";
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) {
        const int err = errno;
        return system_error("open " + path, err);
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        const int err = errno;
        if (err == EWOULDBLOCK)
            return Error{"another xdpmirror command is changing " + interface +
                         "; wait for it to end, or see who holds it: fuser " + path};
        return system_error("lock " + path, err);
    }
    return fd;
}

}  // namespace xdpmirror
