// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The lock is beside other locks of ours, since the file itself is replaced by renaming.
#include "loader/metrics/text_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "loader/held_lock.h"
#include "loader/whole_file.h"

namespace xdpmirror {
namespace {

namespace fs = std::filesystem;

Error with_cure(const std::string& path, const Error& error) {
    const auto code = error.code.value();
    std::string cure;
    if (code == ENOSPC || code == EDQUOT) cure = "; make room there";
    if (code == EROFS || code == EACCES || code == EPERM)
        cure =
            "; where the service writes, ReadWritePaths= of the unit and the directory's mode say";
    return Error{"metrics are not written to " + path + ": " + one_line(error) + cure, error.code};
}

std::string lock_of(std::string path) {
    std::ranges::replace(path, '/', ':');
    return "/run/xdpmirror/textfile" + path + ".lock";
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
    auto lock = hold_lock(lock_of(path));
    if (lock) return TextFile(path, std::move(*lock));
    if (lock.error().code.value() != EAGAIN) return lock.error();
    return Error{"another process of xdpmirror writes metrics to " + path +
                 "; give each interface its own file, or all of them a directory: textfile: " + directory + "/"};
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
