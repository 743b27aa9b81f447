// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the kernel must do for packets that it is to fragment (oversize: fragment).
#include <fmt/format.h>

#include <algorithm>

#include "loader/doctor/checks.h"

namespace xdpmirror {
namespace {

std::string path_of(const std::string& scope, const char* setting) {
    return fmt::format("/proc/sys/net/ipv4/conf/{}/{}", scope, setting);
}

Finding unreadable(const char* id, const std::string& subject, const std::string& path) {
    return finding(id, subject, Level::note, "cannot be read here: " + path,
                   "attach refuses oversize: fragment unless it is set right", "cat " + path);
}

void check_forward(const Facts& facts, Findings& findings) {
    const auto& name = facts.ingress.link.name;
    const auto path = path_of(name, "forwarding");
    if (!facts.forwarding.forwarding)
        findings.push_back(unreadable("forwarding", name, path));
    else if (*facts.forwarding.forwarding != 0)
        findings.push_back(fine("forwarding", name, "the kernel forwards IPv4 from it"));
    else
        findings.push_back(
            mendable("forwarding", name, Level::error, "the kernel forwards no IPv4 from it",
                     "oversize: fragment has the kernel forward what is too large; attach refuses",
                     {.kind = Change::Kind::file, .name = path, .value = "1"}));
}

void check_filter(const std::string& scope, const std::optional<int>& value, Findings& findings) {
    const auto path = path_of(scope, "rp_filter");
    if (!value)
        findings.push_back(unreadable("rp_filter", scope, path));
    else if (*value == 0)
        findings.push_back(fine("rp_filter", scope, "no reverse-path filter"));
    else
        findings.push_back(mendable(
            "rp_filter", scope, Level::error, fmt::format("reverse-path filter is {}", *value),
            "with oversize: fragment it drops exporters' addresses, which are not routed back this "
            "way, without counting them; the kernel takes the stricter of the interface's and "
            "all's; attach refuses",
            {.kind = Change::Kind::file, .name = path, .value = "0"}));
}

}  // namespace

void check_forwarding(const Facts& facts, Findings& findings) {
    if (!facts.profile) return;
    const auto& egress = facts.profile->egress;
    if (std::none_of(egress.begin(), egress.end(),
                     [](const EgressFacts& one) { return one.fragment; }))
        return;
    check_forward(facts, findings);
    check_filter(facts.ingress.link.name, facts.forwarding.rp_filter, findings);
    check_filter("all", facts.forwarding.rp_filter_all, findings);
}

}  // namespace xdpmirror
