// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/doctor/finding.h"

#include <algorithm>
#include <string_view>

#include "loader/doctor/checks.h"
#include "loader/xdp_features.h"

namespace xdpmirror {
namespace {

std::size_t rank(const Finding& finding) {
    const auto at = std::find(kChecks.begin(), kChecks.end(), std::string_view(finding.id));
    return static_cast<std::size_t>(at - kChecks.begin());
}

}  // namespace

const char* to_text(Level level) {
    constexpr const char* kNames[] = {"ok", "note", "warning", "error"};
    return kNames[static_cast<std::size_t>(level)];
}

Findings diagnose(const Facts& facts) {
    Findings findings;
    for (const auto check :
         {check_kernel, check_driver, check_ena, check_gve, check_virtio, check_mtu, check_offloads,
          check_queues, check_egress, check_peers, check_forwarding, check_cloud}) {
        check(facts, findings);
    }
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        if (a.level != b.level) return a.level > b.level;
        return rank(a) < rank(b);
    });
    return findings;
}

bool has_error(const Findings& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& one) { return one.level == Level::error; });
}

std::vector<Change> changes_of(const Findings& findings) {
    std::vector<Change> changes;
    for (const auto& one : findings) {
        if (one.change && std::find(changes.begin(), changes.end(), *one.change) == changes.end())
            changes.push_back(*one.change);
    }
    return changes;
}

std::vector<const DeviceFacts*> devices_with_program(const Facts& facts) {
    std::vector<const DeviceFacts*> devices = {&facts.ingress};
    if (!facts.profile) return devices;
    for (const auto& egress : facts.profile->egress) {
        if (egress.same || !egress.device || !egress.chosen ||
            egress.chosen->path != XM_PATH_REDIRECT)
            continue;
        const auto& device = *egress.device;
        // a veth that takes no frames is not mended by a program of its own
        if (device.link.kind == "veth" || device.can(kXdpActNdoXmit).value_or(false)) continue;
        const bool known = std::any_of(devices.begin(), devices.end(), [&](const auto* other) {
            return other->link.ifindex == device.link.ifindex;
        });
        if (!known) devices.push_back(&device);
    }
    return devices;
}

std::string take_cure(std::string& text) {
    for (const std::string mark : {"; cure: ", "; "}) {
        const auto at = text.rfind(mark);
        if (at == std::string::npos) continue;
        auto cure = text.substr(at + mark.size());
        text.resize(at);
        return cure;
    }
    return "mend what was found";
}

std::string label(const EgressFacts& egress) {
    return "egress " + egress.name + " (" + egress.interface + ")";
}

Finding fine(const char* id, const std::string& subject, std::string found) {
    return {.id = id, .subject = subject, .level = Level::ok, .found = std::move(found)};
}

Finding finding(const char* id, const std::string& subject, Level level, std::string found,
                std::string why, std::string fix) {
    return {.id = id,
            .subject = subject,
            .level = level,
            .found = std::move(found),
            .why = std::move(why),
            .fix = std::move(fix)};
}

Finding mendable(const char* id, const std::string& subject, Level level, std::string found,
                 std::string why, Change change) {
    return {.id = id,
            .subject = subject,
            .level = level,
            .found = std::move(found),
            .why = std::move(why),
            .fix = command_of(change),
            .change = std::move(change)};
}

}  // namespace xdpmirror
