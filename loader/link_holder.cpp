// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Processes come and go under the walk; what cannot be read is passed over.
#include "loader/link_holder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace xdpmirror {
namespace {

namespace fs = std::filesystem;

bool is_number(const std::string& text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_link(const fs::path& fdinfo, const std::string& line_wanted) {
    std::ifstream file(fdinfo);
    std::string line;
    while (std::getline(file, line)) {
        if (line == line_wanted) return true;
    }
    return false;
}

bool holds(const fs::path& process, const std::string& line_wanted) {
    std::error_code failed;
    for (fs::directory_iterator at(process / "fdinfo", failed), end; !failed && at != end;
         at.increment(failed)) {
        if (is_link(at->path(), line_wanted)) return true;
    }
    return false;
}

}  // namespace

std::string link_holder(std::uint32_t link_id) {
    const std::string line = "link_id:\t" + std::to_string(link_id);
    std::error_code failed;
    for (fs::directory_iterator at("/proc", failed), end; !failed && at != end;
         at.increment(failed)) {
        const std::string pid = at->path().filename();
        if (!is_number(pid) || !holds(at->path(), line)) continue;
        std::string name;
        std::ifstream comm(at->path() / "comm");
        std::getline(comm, name);
        return "process " + pid + " (" + name + ")";
    }
    return {};
}

}  // namespace xdpmirror
