// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// capget(2) by hand: libcap would be a dependency for one call.
#include "loader/privileges.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace xdpmirror {
namespace {

// CAP_SYS_ADMIN contains CAP_BPF and CAP_PERFMON.
constexpr std::array<std::pair<unsigned, const char*>, 3> kNeeded = {{
    {CAP_BPF, "CAP_BPF"},
    {CAP_NET_ADMIN, "CAP_NET_ADMIN"},
    {CAP_PERFMON, "CAP_PERFMON"},
}};

bool has(std::uint64_t effective, unsigned capability) {
    return ((effective >> capability) & 1) != 0;
}

}  // namespace

std::string missing_capabilities(std::uint64_t effective) {
    std::string missing;
    for (const auto& [capability, name] : kNeeded) {
        const bool by_admin = capability != CAP_NET_ADMIN && has(effective, CAP_SYS_ADMIN);
        if (has(effective, capability) || by_admin) continue;
        missing += missing.empty() ? name : std::string(", ") + name;
    }
    return missing;
}

Result<> require_capabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, 2> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0) {
        const int err = errno;
        return system_error("read this process's capabilities", err);
    }
    const auto effective = data[0].effective | (std::uint64_t{data[1].effective} << 32);
    const auto missing = missing_capabilities(effective);
    if (missing.empty()) return Ok{};
    return Error{"loading or changing the data plane needs " + missing + "; run it as root"};
}

}  // namespace xdpmirror
