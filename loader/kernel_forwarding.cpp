// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Read from /proc/sys, which shows the settings of the reader's own network namespace.
#include "loader/kernel_forwarding.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>

namespace xdpmirror {
namespace {

const char* directory_of(Family family) {
    return family == Family::ipv4 ? "/proc/sys/net/ipv4" : "/proc/sys/net/ipv6";
}

std::string path_of(Family family, const std::string& interface, const char* setting) {
    return fmt::format("{}/conf/{}/{}", directory_of(family), interface, setting);
}

// A setting that cannot be read counts as off, which is what the checks below ask about.
int setting(const std::string& path) {
    std::ifstream file(path);
    int value = 0;
    file >> value;
    return file ? value : 0;
}

}  // namespace

Result<> require_forwarding(const std::string& ingress, Family family, const std::string& what) {
    const char* name = family == Family::ipv4 ? "IPv4" : "IPv6";
    const std::string forwarding = path_of(family, ingress, "forwarding");
    if (setting(forwarding) == 0)
        return Error{fmt::format(
            "{} needs the kernel to forward {} from '{}', and it does not; "
            "switch it on: echo 1 > {}",
            what, name, ingress, forwarding)};
    if (family == Family::ipv6) return Ok{};
    // the kernel takes the stricter of the two
    for (const std::string& scope : {std::string("all"), ingress}) {
        const std::string filter = path_of(family, scope, "rp_filter");
        if (setting(filter) != 0)
            return Error{fmt::format(
                "{}: the reverse-path filter of '{}' drops exporters' addresses "
                "without counting them; switch it off: echo 0 > {}",
                what, ingress, filter)};
    }
    return Ok{};
}

Result<> require_reflected_marks(Family family, const std::string& what) {
    const std::string path = std::string(directory_of(family)) + "/fwmark_reflect";
    if (setting(path) != 0) return Ok{};
    return Error{fmt::format(
        "{}: the kernel's ICMP answers would reach the mirrored senders; let them carry the "
        "mark by which they are stopped: echo 1 > {}",
        what, path)};
}

}  // namespace xdpmirror
