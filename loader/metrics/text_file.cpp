// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The lock is beside other locks of ours, since the file itself is replaced by renaming.
#include "loader/metrics/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "loader/whole_file.h"

namespace xdpmirror {
namespace {

namespace fs = std::filesystem;

const std::string kLocks = "/run/xdpmirror";

Error with_cure(const std::string& path, const Error& error) {
    const auto code = error.code.value();
    std::string cure;
    if (code == ENOSPC || code == EDQUOT) cure = "; make room there";
    if (code == EROFS || code == EACCES || code == EPERM)
        cure =
            "; where the service writes, ReadWritePaths= of the unit and the directory's mode say";
    return Error{"metrics are not written to " + path + ": " + one_line(error) + cure, error.code};
}

Result<UniqueFd> take_lock(const std::string& path) {
    ::mkdir(kLocks.c_str(), 0755);
    auto name = path;
    std::ranges::replace(name, '/', ':');
    const auto lock_path = kLocks + "/textfile" + name + ".lock";
    UniqueFd lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    int err = errno;
    if (!lock) return system_error("open " + lock_path, err);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(lock.get(), F_OFD_SETLK, &whole) == 0) return lock;
    err = errno;
    if (err != EAGAIN && err != EACCES) return system_error("lock " + lock_path, err);
    return Error{"another process of xdpmirror writes metrics to " + path +
                 "; give each interface its own file, or all of them a directory: textfile: " +
                 fs::path(path).parent_path().string() + "/"};
}

}  // namespace

Result<TextFile> TextFile::take(const std::string& path) {
    const auto directory = fs::path(path).parent_path().string();
    struct stat about {};
    if (::stat(directory.c_str(), &about) != 0) {
        const int err = errno;
        return system_error("metrics cannot be written to " + path +
                                "; make its directory: install -d " + directory,
                            err);
    }
    auto lock = take_lock(path);
    if (!lock) return lock.error();
    return TextFile(path, std::move(*lock));
}

Result<> TextFile::write(const std::string& text) const {
    if (auto written = write_whole_file(path_, text, 0644); !written)
        return with_cure(path_, written.error());
    return Ok{};
}

void TextFile::remove() const {
    ::unlink(path_.c_str());
}

}  // namespace xdpmirror
