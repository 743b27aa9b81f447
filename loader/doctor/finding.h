// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the doctor has to say about one thing.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "loader/device/change.h"
#include "loader/doctor/facts.h"

namespace xdpmirror {

enum class Level {
    ok,
    note,     // good to know, or cannot be read here
    warning,  // works, but slower or with losses that can be avoided
    error,    // attach would fail, or packets would be lost without a counter
};

const char* to_text(Level level);

struct Finding {
    std::string id;       // one of kChecks
    std::string subject;  // "kernel", an interface, an egress, a collector
    Level level = Level::ok;
    std::string found;
    std::string why{};               // empty for ok
    std::string fix{};               // what to type; empty for ok
    std::optional<Change> change{};  // the fix, where --apply may make it
};
using Findings = std::vector<Finding>;

// Every id, in the order in which docs/doctor.md explains them.
inline constexpr std::array kChecks = {
    "capabilities",
    "kernel_features",
    "multi_buffer",
    "jit",
    "unprivileged_bpf",
    "bpffs",
    "link",
    "native_xdp",
    "occupant",
    "link_blip",
    "ena_channels",
    "gve_channels",
    "gve_rules",
    "virtio_offloads",
    "virtio_buffers",
    "virtio_queues",
    "xdp_mtu",
    "lro",
    "gro_hw",
    "rx_vlan",
    "rx_queues",
    "rx_hash",
    "profile",
    "egress_device",
    "path",
    "redirect_target",
    "next_hop",
    "tunnel_peer",
    "path_mtu",
    "forwarding",
    "rp_filter",
    "resolve",
    "source_check",
    "mirror_length",
};

// Pure. The worst first, else in the order above.
Findings diagnose(const Facts& facts);

bool has_error(const Findings& findings);
// What --apply may do, each once.
std::vector<Change> changes_of(const Findings& findings);

}  // namespace xdpmirror
