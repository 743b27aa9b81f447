// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "loader/tune/record.h"
#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

const std::string kDirectory = "/var/lib/xdpmirror";

Result<> make_directory() {
    if (::mkdir(kDirectory.c_str(), 0755) == 0 || errno == EEXIST) return Ok{};
    const int err = errno;
    return system_error("make " + kDirectory, err);
}

// On the disk when it returns.
Result<> write_whole(const std::string& path, const std::string& text) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    int err = errno;
    if (!file) return system_error("open " + path, err);
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

Result<> sync_directory() {
    const UniqueFd directory(::open(kDirectory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory && ::fsync(directory.get()) == 0) return Ok{};
    const int err = errno;
    return system_error("write " + kDirectory, err);
}

}  // namespace

std::string record_path(const std::string& interface) {
    return kDirectory + "/tune-" + interface + ".json";
}

std::string boot_id() {
    return first_line("/proc/sys/kernel/random/boot_id").value_or("");
}

Result<std::optional<TuneRecord>> read_record(const std::string& interface) {
    const auto path = record_path(interface);
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        const int err = errno;
        if (err == ENOENT) return std::optional<TuneRecord>{};
        return system_error("read " + path, err);
    }
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Error{"cannot read " + path};
    auto record = parse_record(text.str(), path);
    if (!record) return record.error();
    return std::optional<TuneRecord>{std::move(*record)};
}

Result<> write_record(const TuneRecord& record) {
    if (auto made = make_directory(); !made) return made;
    const auto path = record_path(record.interface);
    const auto next = path + ".new";
    if (auto written = write_whole(next, to_json(record)); !written) return written;
    if (std::rename(next.c_str(), path.c_str()) != 0) {
        const int err = errno;
        return system_error("write " + path, err);
    }
    return sync_directory();
}

Result<> remove_record(const std::string& interface) {
    const auto path = record_path(interface);
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return Ok{};
    const int err = errno;
    return system_error("remove " + path, err);
}

}  // namespace xdpmirror
