// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "loader/tune/record.h"
#include "loader/whole_file.h"

namespace xdpmirror {
namespace {

const std::string kDirectory = "/var/lib/xdpmirror";

Result<> make_directory() {
    if (::mkdir(kDirectory.c_str(), 0755) == 0 || errno == EEXIST) return Ok{};
    const int err = errno;
    return system_error("make " + kDirectory, err);
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
    return write_whole_file(record_path(record.interface), to_json(record), 0600);
}

Result<> remove_record(const std::string& interface) {
    const auto path = record_path(interface);
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return Ok{};
    const int err = errno;
    return system_error("remove " + path, err);
}

}  // namespace xdpmirror
