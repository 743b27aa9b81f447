// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Machines that were written down: each is one where attach would work, and a test breaks one
// thing.
#pragma once

#include <string>

#include "loader/doctor/finding.h"

namespace xdpmirror::test {

// Feature bits as their drivers advertise them.
inline constexpr std::uint64_t kNative = 1 | 2;
inline constexpr std::uint64_t kTarget = 4;
inline constexpr std::uint64_t kFrags = 32 | 64;

// Linux 6.1 or 6.12 with what they have, four CPUs.
KernelFacts kernel_6_1();
KernelFacts kernel_6_12();

DeviceFacts ena_in_tree(const KernelFacts& kernel);       // MTU 3498, 4 of 8 channels
DeviceFacts ena_out_of_tree(const std::string& version);  // MTU 3498, 4 of 8 channels
DeviceFacts virtio();   // VERSION_1, mergeable buffers, ctrl_guest_offloads; 4 of 8 queue pairs
DeviceFacts gve();      // MTU 1460, 4 of 8 queues
DeviceFacts vmxnet3();  // MTU 1500
DeviceFacts veth();     // MTU 1500, multi-buffer, both ends in reach

Facts machine(KernelFacts kernel, DeviceFacts ingress);
// The same with a profile: VXLAN in, one egress by eth1, which is like the ingress, one collector.
Facts machine_with_profile(KernelFacts kernel, DeviceFacts ingress);

// The finding of that id (and subject, unless empty), or null.
const Finding* find(const Findings& findings, const std::string& id,
                    const std::string& subject = "");

}  // namespace xdpmirror::test
