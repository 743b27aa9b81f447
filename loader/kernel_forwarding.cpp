// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Read from /proc/sys, which shows the settings of the reader's own network namespace.
#include "loader/kernel_forwarding.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>

namespace xdpmirror {
namespace {

std::string path_of(const std::string& interface, const char* setting) {
    return fmt::format("/proc/sys/net/ipv4/conf/{}/{}", interface, setting);
}

// A setting that cannot be read counts as off, which is what the checks below ask about.
int setting(const std::string& interface, const char* name) {
    std::ifstream file(path_of(interface, name));
    int value = 0;
    file >> value;
    return file ? value : 0;
}

}  // namespace

Result<> require_forwarding(const std::string& ingress) {
    if (setting(ingress, "forwarding") == 0)
        return Error{fmt::format(
            "oversize: fragment needs the kernel to forward IPv4 from '{0}', and it does not; "
            "switch it on: echo 1 > {1}",
            ingress, path_of(ingress, "forwarding"))};
    // the kernel takes the stricter of the two
    for (const std::string& scope : {std::string("all"), ingress}) {
        if (setting(scope, "rp_filter") != 0)
            return Error{fmt::format(
                "oversize: fragment: the reverse-path filter of '{0}' drops exporters' addresses "
                "without counting them; switch it off: echo 0 > {1}",
                ingress, path_of(scope, "rp_filter"))};
    }
    return Ok{};
}

}  // namespace xdpmirror
