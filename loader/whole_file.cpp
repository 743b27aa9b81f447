// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

Result<> write_all(const std::string& path, const std::string& text, mode_t mode) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    int err = errno;
    if (!file) return system_error("open " + path, err);
    static_cast<void>(::fchmod(file.get(), mode));  // whatever the umask says; on a file system without modes, no harm
    for (std::size_t done = 0; done < text.size();) {
        const auto written = ::write(file.get(), text.data() + done, text.size() - done);
        err = errno;
        if (written < 0) return system_error("write " + path, err);
        done += static_cast<std::size_t>(written);
    }
    if (::fsync(file.get()) == 0) return Ok{};
    err = errno;
    return system_error("write " + path, err);
}

}  // namespace

Result<> write_whole_file(const std::string& path, const std::string& text, mode_t mode) {
    const auto passing = path + ".new";
    if (auto written = write_all(passing, text, mode); !written) {
        ::unlink(passing.c_str());
        return written;
    }
    if (std::rename(passing.c_str(), path.c_str()) != 0) {
        const int err = errno;
        ::unlink(passing.c_str());
        return system_error("write " + path, err);
    }
    const auto directory = std::filesystem::path(path).parent_path();
    return sync_directory(directory.empty() ? "." : directory.string());
}

Result<> sync_directory(const std::string& path) {
    const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory && ::fsync(directory.get()) == 0) return Ok{};
    const int err = errno;
    return system_error("write " + path, err);
}

}  // namespace xdpmirror
